/**
 * The states that wait to be expanded, oldest first, as encoded bytes in blocks.
 *
 * States enter one by one and leave in blocks, the unit of work handed to a thread. Blocks beyond a bound of memory wait
 * in a temporary file, so that a wide frontier costs disk and not memory.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Consecutive states of the frontier. */
export interface FrontierBlock {
  /** Index in the state table of the first one. */
  readonly first: number;
  readonly count: number;
  /** For each state: length of the state, length of its payload (32 bits each, little endian), then both. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const BLOCK_STATES_MAX = 256;
const BLOCK_BYTES_MAX = 1 << 20;
const ENTRY_HEADER_BYTES = 8;

interface SpilledBlock {
  readonly first: number;
  readonly count: number;
  readonly position: number;
  readonly length: number;
}

type WaitingBlock =
  | { readonly kind: 'memory'; readonly block: FrontierBlock }
  | { readonly kind: 'disk'; readonly block: SpilledBlock };

export class Frontier {
  private readonly memoryBytesMax: number;
  private readonly blockStatesMax: number;
  private readonly waiting = new Fifo<WaitingBlock>();
  private memoryBytes = 0;
  private open: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 12);
  private openLength = 0;
  private openFirst = 0;
  private openCount = 0;
  private waitingStates = 0;
  private file: TemporaryFile | undefined;

  /**
   * @param memoryBytesMax bytes of waiting states kept in memory; what is beyond goes to a temporary file
   * @param blockStatesMax states in a block
   */
  constructor(memoryBytesMax: number, blockStatesMax = BLOCK_STATES_MAX) {
    this.memoryBytesMax = memoryBytesMax;
    this.blockStatesMax = blockStatesMax;
  }

  /** Number of states waiting. */
  get size(): number {
    return this.waitingStates + this.openCount;
  }

  /** Blocks that wait on disk. */
  get blocksOnDisk(): number {
    return this.file?.blocks ?? 0;
  }

  /** Appends the state with this index; indices come in order, without a gap inside the frontier's tail. */
  push(index: number, state: Uint8Array, payload: Uint8Array): void {
    const needed = ENTRY_HEADER_BYTES + state.length + payload.length;
    if (
      this.openCount > 0 &&
      (this.openCount === this.blockStatesMax || this.openLength + needed > BLOCK_BYTES_MAX)
    ) {
      this.close();
    }
    if (this.openCount === 0) this.openFirst = index;
    if (this.openLength + needed > this.open.length) {
      const larger = new Uint8Array(Math.max(this.open.length * 2, this.openLength + needed));
      larger.set(this.open.subarray(0, this.openLength));
      this.open = larger;
    }
    const view = new DataView(this.open.buffer);
    view.setUint32(this.openLength, state.length, true);
    view.setUint32(this.openLength + 4, payload.length, true);
    this.open.set(state, this.openLength + ENTRY_HEADER_BYTES);
    this.open.set(payload, this.openLength + ENTRY_HEADER_BYTES + state.length);
    this.openLength += needed;
    this.openCount += 1;
  }

  /** The oldest states, or nothing when none wait. A block that is still filling is given only if `partly`. */
  take(partly: boolean): FrontierBlock | undefined {
    const oldest = this.waiting.take();
    if (oldest === undefined) {
      if (this.openCount === 0 || !partly) return undefined;
      const block = this.sealed();
      this.openCount = 0;
      this.openLength = 0;
      return block;
    }
    this.waitingStates -= oldest.block.count;
    switch (oldest.kind) {
      case 'memory':
        this.memoryBytes -= oldest.block.bytes.length;
        return oldest.block;
      case 'disk': {
        const block = this.read(oldest.block);
        if (this.file !== undefined) {
          this.file.blocks -= 1;
          // Nothing waits there any more, so its space can be used again.
          if (this.file.blocks === 0) this.file.length = 0;
        }
        return block;
      }
    }
  }

  /** All waiting blocks, oldest first, without taking them. */
  *blocks(): Generator<FrontierBlock> {
    for (const waiting of this.waiting.all()) {
      yield waiting.kind === 'memory' ? waiting.block : this.read(waiting.block);
    }
    if (this.openCount > 0) yield this.sealed();
  }

  /** Appends a block as {@link blocks} gave it. */
  restore(block: FrontierBlock): void {
    this.close();
    this.enqueue(block);
  }

  /** Removes the temporary file, if there is one. */
  dispose(): void {
    if (this.file === undefined) return;
    closeSync(this.file.descriptor);
    rmSync(this.file.folder, { recursive: true, force: true });
    this.file = undefined;
  }

  private sealed(): FrontierBlock {
    return { first: this.openFirst, count: this.openCount, bytes: this.open.slice(0, this.openLength) };
  }

  private close(): void {
    if (this.openCount === 0) return;
    this.enqueue(this.sealed());
    this.openCount = 0;
    this.openLength = 0;
  }

  private enqueue(block: FrontierBlock): void {
    this.waitingStates += block.count;
    if (this.memoryBytes + block.bytes.length <= this.memoryBytesMax) {
      this.memoryBytes += block.bytes.length;
      this.waiting.put({ kind: 'memory', block });
      return;
    }
    this.file ??= openTemporary();
    const position = this.file.length;
    writeAll(this.file.descriptor, block.bytes, position);
    this.file.length += block.bytes.length;
    this.file.blocks += 1;
    const spilled = { first: block.first, count: block.count, position, length: block.bytes.length };
    this.waiting.put({ kind: 'disk', block: spilled });
  }

  private read(block: SpilledBlock): FrontierBlock {
    if (this.file === undefined) throw new Error('the frontier was disposed of');
    const bytes = new Uint8Array(block.length);
    let done = 0;
    while (done < bytes.length) {
      const got = readSync(this.file.descriptor, bytes, done, bytes.length - done, block.position + done);
      if (got === 0) throw new Error('the temporary file of the frontier was cut short');
      done += got;
    }
    return { first: block.first, count: block.count, bytes };
  }
}

/** Calls `visit` for each state of a block with its position in the block. Stops early when `visit` returns false. */
export function visitBlock(
  block: FrontierBlock,
  visit: (position: number, state: Uint8Array, payload: Uint8Array) => boolean,
): void {
  const view = new DataView(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length);
  let offset = 0;
  for (let position = 0; position < block.count; position += 1) {
    const stateLength = view.getUint32(offset, true);
    const payloadLength = view.getUint32(offset + 4, true);
    const stateStart = offset + ENTRY_HEADER_BYTES;
    const payloadStart = stateStart + stateLength;
    offset = payloadStart + payloadLength;
    const more = visit(
      position,
      block.bytes.subarray(stateStart, payloadStart),
      block.bytes.subarray(payloadStart, offset),
    );
    if (!more) return;
  }
}

interface TemporaryFile {
  readonly folder: string;
  readonly descriptor: number;
  /** Where the next block goes, in bytes. */
  length: number;
  /** Blocks in it that still wait. */
  blocks: number;
}

function openTemporary(): TemporaryFile {
  const folder = mkdtempSync(join(tmpdir(), 'zab-frontier-'));
  return { folder, descriptor: openSync(join(folder, 'blocks'), 'w+'), length: 0, blocks: 0 };
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  let done = 0;
  while (done < bytes.length) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}

/** First in, first out, in constant time. */
class Fifo<T> {
  private items: T[] = [];
  private head = 0;

  put(item: T): void {
    this.items.push(item);
  }

  take(): T | undefined {
    const item = this.items[this.head];
    if (item === undefined) return undefined;
    this.head += 1;
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  *all(): Generator<T> {
    for (let position = this.head; position < this.items.length; position += 1) {
      const item = this.items[position];
      if (item !== undefined) yield item;
    }
  }
}

/**
 * Memory in which entries wait for the disk: of a WebAssembly module, for two reasons.
 *
 * It is mapped by itself, and so begins at the begin of a page, as a write past the page cache (O_DIRECT) asks for; Node.js
 * allocates buffers at addresses of any kind and does not tell them. And the module (entries.wat) makes entries of what lies
 * in it, checksums included, sixteen bytes at a time.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';

import { assert } from '../broadcast/assertion.ts';
import { PayloadLayout } from '../broadcast/payload-layout.ts';
import { GAP_BYTES_MAX, PLACE_FIELDS } from '../broadcast/payload-run.ts';
import type { Transactions } from '../broadcast/transaction-run.ts';
import { entryBytes } from './log-format.ts';

const UNIT_BYTES = 1 << 16;

/** The most entries that are made at once. */
export const ENTRIES_MAX = 1024;
/** Where transactions lie of which entries are to be made, at the begin of the memory: whole pages. */
const PLACES_BYTES = ENTRIES_MAX * PLACE_FIELDS * Uint32Array.BYTES_PER_ELEMENT;
/** Transactions lie there with gaps before they are entries. */
const GAPS_BYTES_MAX = ENTRIES_MAX * GAP_BYTES_MAX;

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(units: number): number;
}

interface EntriesExports {
  frame(places: number, count: number, from: number, to: number): number;
}

declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly log: { readonly memory: WasmMemory } },
  ) => { readonly exports: EntriesExports };
};

const MODULE = new WebAssembly.Module(readFileSync(new URL('entries.wasm', import.meta.url)));

export class EntryMemory {
  readonly #memory: WasmMemory;
  readonly #exports: EntriesExports;
  #bytes: Buffer;
  #places: Uint32Array;

  /**
   * Room for at least that many bytes of entries, all of them zero. Some 11 GiB of address space are taken with them: not for
   * memory of which there is much.
   * @throws Error when the process may not have so much address space
   */
  constructor(bytes: number) {
    this.#memory = withinLimits(() => new WebAssembly.Memory({ initial: unitsFor(bytes) }));
    this.#exports = new WebAssembly.Instance(MODULE, { log: { memory: this.#memory } }).exports;
    [this.#bytes, this.#places] = viewsOf(this.#memory);
  }

  /** The bytes that entries may take. */
  get length(): number {
    return this.#bytes.length - GAPS_BYTES_MAX;
  }

  /** The entries, and what is behind them; void once the memory grows. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /**
   * Makes room for that many bytes of entries, if there is less: what is there, stays.
   * @throws Error as the constructor
   */
  grow(bytes: number): void {
    const more = unitsFor(bytes) - this.#memory.buffer.byteLength / UNIT_BYTES;
    if (more <= 0) return;
    withinLimits(() => this.#memory.grow(more));
    [this.#bytes, this.#places] = viewsOf(this.#memory);
  }

  /**
   * Writes the entries of transactions, from one up to another, at most ENTRIES_MAX, at `at`, where there is room for them.
   * Returns where they end; what is behind is void.
   */
  frame(transactions: Transactions, from: number, to: number, at: number): number {
    const count = to - from;
    assert(count <= ENTRIES_MAX, 'there is a place for each transaction');
    const layout = new PayloadLayout(this.#places);
    layout.add(transactions, from, to);
    // Behind where the entries will end, so that none is written over what is still to be moved.
    const source = at + count * entryBytes(0);
    assert(source + layout.length <= this.#bytes.length, 'there is room for the entries');
    layout.copyTo(this.#bytes, source);
    return this.#exports.frame(0, count, PLACES_BYTES + source, PLACES_BYTES + at) - PLACES_BYTES;
  }
}

function viewsOf({ buffer }: WasmMemory): [Buffer, Uint32Array] {
  return [Buffer.from(buffer, PLACES_BYTES), new Uint32Array(buffer, 0, ENTRIES_MAX * PLACE_FIELDS)];
}

function unitsFor(bytes: number): number {
  return Math.ceil((PLACES_BYTES + bytes + GAPS_BYTES_MAX) / UNIT_BYTES);
}

function withinLimits<T>(take: () => T): T {
  try {
    return take();
  } catch (error) {
    throw new Error('too little address space for what is written to the log; raise the limit (ulimit -v)', {
      cause: error,
    });
  }
}

/**
 * A long exploration on disk, so that it can go on after the process has ended.
 *
 * One file: a magic word, the length of a JSON header, the header, the rows of the state table, the blocks of the frontier,
 * and the magic word again. It is written beside its final name, synced, and renamed, so that it is there whole or not.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { TlaError } from '../errors.ts';
import type { Configuration } from '../specification.ts';
import type { Tally } from './block-result.ts';
import type { FrontierBlock } from './frontier.ts';

const MAGIC = 'ZABCHK01';
const FILE = 'exploration.checkpoint';
const PIECE_BYTES = 1 << 22;
const HEADER_BYTES_MAX = 1 << 24;

/** The counters of an exploration at rest. */
export interface ExplorationCounters {
  readonly tally: Tally;
  readonly distinctByAction: readonly number[];
  readonly initialGenerated: number;
  readonly initialDistinct: number;
  readonly levelStarts: readonly number[];
  readonly expandedStates: number;
}

/** Everything that an exploration at rest is. */
export interface ExplorationImage {
  readonly counters: ExplorationCounters;
  readonly states: number;
  readonly rowWords: number;
  readonly rows: Iterable<Uint32Array>;
  readonly blocks: Iterable<FrontierBlock>;
}

interface Header {
  readonly identity: string;
  readonly counters: ExplorationCounters;
  readonly states: number;
  readonly rowWords: number;
}

/** What an exploration depends on: another specification, model or companion has another identity. */
export function identityOf(files: readonly string[], configuration: Configuration, extra: string): string {
  const rest = createHash('sha256').update(extra).digest('hex');
  return `${modelIdentity(files, configuration)}:${rest}`;
}

function modelIdentity(files: readonly string[], configuration: Configuration): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  // The path by which the configuration was found does not matter, nor do places in it.
  const content = JSON.stringify(configuration, (key, value: unknown) =>
    key === 'place' || key === 'file' ? undefined : value,
  );
  return hash.update(content).digest('hex');
}

/** The checkpoint in a folder. */
export class CheckpointFolder {
  private readonly folder: string;
  private readonly identity: string;

  /** @param identity what {@link identityOf} gave; a checkpoint of another identity is refused */
  constructor(folder: string, identity: string) {
    this.folder = folder;
    this.identity = identity;
  }

  /** Replaces the checkpoint. */
  save(image: ExplorationImage): void {
    const path = join(this.folder, FILE);
    const beside = `${path}.tmp`;
    try {
      this.write(image, beside);
      renameSync(beside, path);
    } catch (error) {
      rmSync(beside, { force: true });
      throw damaged(path, `cannot be written (${reasonOf(error)})`);
    }
  }

  private write(image: ExplorationImage, path: string): void {
    const descriptor = openSync(path, 'w');
    try {
      const { counters, states, rowWords } = image;
      const header: Header = { identity: this.identity, counters, states, rowWords };
      const text = Buffer.from(JSON.stringify(header));
      writeAll(descriptor, Buffer.from(MAGIC));
      writeAll(descriptor, lengths(text.length));
      writeAll(descriptor, text);
      for (const rows of image.rows) {
        writeAll(descriptor, new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
      }
      for (const block of image.blocks) {
        writeAll(descriptor, lengths(block.first, block.count, block.bytes.length));
        writeAll(descriptor, block.bytes);
      }
      writeAll(descriptor, lengths(0, 0, 0));
      writeAll(descriptor, Buffer.from(MAGIC));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /**
   * The checkpoint, or undefined if there is none. Rows and blocks are read as they are asked for, rows first.
   * @throws TlaError of kind `configuration` if it belongs to something else or is damaged
   */
  load(): ExplorationImage | undefined {
    // Made now, so that a folder that cannot be is told before the work and not after.
    try {
      makeFolder(this.folder);
    } catch (error) {
      throw new TlaError(
        'configuration',
        `cannot make the folder ${this.folder} for checkpoints (${reasonOf(error)})`,
      );
    }
    const path = join(this.folder, FILE);
    if (!existsSync(path)) return undefined;
    const reader = new CheckpointReader(path);
    try {
      const header = reader.header();
      if (header.identity !== this.identity) {
        throw damaged(
          path,
          'belongs to another specification, model or harness; remove it or name another folder',
        );
      }
      return {
        counters: header.counters,
        states: header.states,
        rowWords: header.rowWords,
        rows: reader.rows(header.states * header.rowWords * 4),
        blocks: reader.blocks(),
      };
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  /** Removes the checkpoint: the exploration is over. */
  remove(): void {
    rmSync(join(this.folder, FILE), { force: true });
  }
}

/** How far an exploration had come when it was last saved. */
export interface SavedProgress {
  readonly generated: number;
  readonly distinct: number;
  readonly depth: number;
  /** Distinct states not expanded. */
  readonly queue: number;
  /** Whether the checkpoint is one of these files and this configuration, whatever rode along. */
  readonly present: boolean;
}

/**
 * Reads from the checkpoint in a folder how far the exploration had come; undefined if there is none.
 * @throws TlaError of kind `configuration` if it is damaged
 */
export function savedProgress(
  folder: string,
  files: readonly string[],
  configuration: Configuration,
): SavedProgress | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  const reader = new CheckpointReader(path);
  try {
    const { identity, counters, states } = reader.header();
    const { tally, initialGenerated, levelStarts, expandedStates } = counters;
    return {
      generated: tally.generated.reduce((sum, count) => sum + count, initialGenerated),
      distinct: states,
      depth: levelStarts.length,
      queue: states - expandedStates,
      present: identity.startsWith(`${modelIdentity(files, configuration)}:`),
    };
  } finally {
    reader.close();
  }
}

class CheckpointReader {
  private readonly path: string;
  private readonly descriptor: number;

  constructor(path: string) {
    this.path = path;
    this.descriptor = openSync(path, 'r');
  }

  header(): Header {
    if (this.read(MAGIC.length).toString('latin1') !== MAGIC) throw damaged(this.path, 'is not a checkpoint');
    const length = this.read(4).readUInt32LE(0);
    if (length > HEADER_BYTES_MAX) throw damaged(this.path, 'is damaged');
    try {
      return JSON.parse(this.read(length).toString('utf8')) as Header; // written by `save`, behind the magic word
    } catch (error) {
      if (error instanceof SyntaxError) throw damaged(this.path, 'is damaged');
      throw error;
    }
  }

  *rows(length: number): Generator<Uint32Array> {
    // A piece holds whole rows, whatever their width.
    const rowBytesMax = 7 * 3 * 4;
    const piece = PIECE_BYTES - (PIECE_BYTES % rowBytesMax);
    for (let done = 0; done < length; done += piece) {
      const bytes = this.read(Math.min(piece, length - done));
      const copy = new Uint8Array(bytes);
      yield new Uint32Array(copy.buffer);
    }
  }

  *blocks(): Generator<FrontierBlock> {
    for (;;) {
      const head = this.read(12);
      const first = head.readUInt32LE(0);
      const count = head.readUInt32LE(4);
      if (count === 0) break;
      yield { first, count, bytes: new Uint8Array(this.read(head.readUInt32LE(8))) };
    }
    if (this.read(MAGIC.length).toString('latin1') !== MAGIC) throw damaged(this.path, 'is damaged');
    this.close();
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private read(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const got = readSync(this.descriptor, bytes, done, length - done, null);
      if (got === 0) throw damaged(this.path, 'ends early; remove it to start again');
      done += got;
    }
    return bytes;
  }
}

function lengths(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, position) => bytes.writeUInt32LE(value, position * 4));
  return bytes;
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, Math.min(bytes.length - done, PIECE_BYTES));
  }
}

/** Folder by folder: asked to do it at once, Node.js 20 does not return where a file system allows no folders. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new Error('it is a file');
    return;
  }
  makeFolder(dirname(resolve(folder)));
  mkdirSync(folder);
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error
    ? String(error.code)
    : error instanceof Error
      ? error.message
      : String(error);
}

function damaged(path: string, what: string): TlaError {
  return new TlaError('configuration', `the checkpoint ${path} ${what}`);
}

/**
 * A disk that is watched: after each step that changes it, what a crash at that moment could leave. In a test it takes
 * the place of `node:fs/promises`; the files are real.
 *
 * What a crash leaves lies between what was synced and what was done. Names and contents reach the disk apart: a name
 * when its directory is synced, a content when the file is. The views are the mixtures of the two ends, and contents
 * torn in the middle of what was not synced.
 */
import { Buffer } from 'node:buffer';
import type * as synchronous from 'node:fs';
import type * as promises from 'node:fs/promises';
import path from 'node:path';

// Not imported: a test that watches the disk puts something else in the place of that module.
const { constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } =
  process.getBuiltinModule('node:fs');

type Real = typeof promises;
type Handle = promises.FileHandle;

/** A file, whatever it is called. */
interface Content {
  /** What of it is on disk for sure. */
  synced: Buffer;
  /** Where it is; undefined when it was removed. */
  path: string | undefined;
  /** What it held when it was removed. */
  removed: Buffer;
}

const DIRECTORY = 'directory';
type Names = ReadonlyMap<string, Content | typeof DIRECTORY>;

/** Which names, and which contents, a crash left. */
export interface View {
  readonly names: 'synced' | 'done';
  readonly contents: 'synced' | 'torn' | 'done';
}

export const VIEWS: readonly View[] = (['synced', 'done'] as const).flatMap((names) =>
  (['synced', 'torn', 'done'] as const).map((contents) => ({ names, contents })),
);

/** What a test decides meanwhile. */
export interface Watched {
  readonly disk: ObservedDisk | undefined;
  /** Is there no way past the page cache? */
  readonly cached?: boolean;
}

/**
 * What a test gives to `vi.mock` for `node:fs/promises`: watched by a disk while there is one. Crashes are not real here,
 * so the real disk is not waited for.
 */
export function watchable(real: Real, watched: Watched): object {
  const synced = (): Promise<void> => Promise.resolve();
  return {
    ...real,
    open: async (file: string, flags: string | number) => {
      if (watched.cached === true && asksForDirect(flags)) throw invalidArgument();
      return (
        watched.disk?.open(real, file, flags) ??
        Object.assign(await real.open(file, notSyncing(flags)), { sync: synced })
      );
    },
    rename: (from: string, to: string) => watched.disk?.rename(real, from, to) ?? real.rename(from, to),
    rm: (file: string, options?: synchronous.RmOptions) =>
      watched.disk?.rm(real, file, options) ?? real.rm(file, options),
    mkdir: (directory: string, options: { recursive: true }) =>
      watched.disk?.mkdir(real, directory) ?? real.mkdir(directory, options),
  };
}

/** The same for the functions of `node:fs` that change files which are open. */
export function watchableNow(real: typeof synchronous, watched: Watched): object {
  return {
    ...real,
    writeSync: (fd: number, bytes: Buffer, offset: number, length: number, position: number) =>
      watched.disk?.writeNow(real, fd, bytes.subarray(offset, offset + length), position) ??
      real.writeSync(fd, bytes, offset, length, position),
    ftruncateSync: (fd: number, length: number) => {
      real.ftruncateSync(fd, length);
      watched.disk?.truncatedNow(fd);
    },
  };
}

function notSyncing(flags: string | number): string | number {
  return typeof flags === 'number' ? flags & ~constants.O_DSYNC : flags;
}

/** Is a file to be opened past the page cache? */
export function asksForDirect(flags: string | number): boolean {
  return typeof flags === 'number' && (flags & constants.O_DIRECT) !== 0;
}

/** What a file system answers that has no way past the page cache. */
export function invalidArgument(): Error {
  return Object.assign(new Error('EINVAL: invalid argument'), { code: 'EINVAL' });
}

/** A file that is open, or a directory, which has no content; and whether each write is synced. */
interface Open {
  readonly file: string;
  readonly content: Content | undefined;
  readonly syncs: boolean;
}

/** What of a file handle is used by what is watched. */
export type WatchedHandle = Pick<Handle, 'close' | 'fd' | 'read' | 'stat' | 'sync' | 'truncate'> & {
  write(bytes: Buffer, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  writeFile(content: string | Uint8Array): Promise<void>;
};

export class ObservedDisk {
  readonly #root: string;
  readonly #files = new Map<string, Content>();
  readonly #open = new Map<number, Open>();
  /** By directory, the names in it that are on disk for sure. */
  readonly #names = new Map<string, Names>();
  readonly #step: (what: string) => void;

  /** Watches what is below `root`, all of which is on disk; `step` is called after each change, and may make it fail. */
  constructor(root: string, step: (what: string) => void) {
    this.#root = root;
    this.#step = step;
    this.#begin(root);
  }

  /** Writes what a crash now could leave below `target`, which exists. */
  write(target: string, view: View): void {
    this.#write(this.#root, target, view);
  }

  async open(real: Real, file: string, flags: string | number): Promise<WatchedHandle> {
    const numeric = typeof flags === 'number';
    const creates = numeric ? (flags & constants.O_CREAT) !== 0 : flags.includes('w');
    const isNew = creates && !existsSync(file);
    const handle = await real.open(file, notSyncing(flags));
    if (isNew) {
      this.#files.set(file, { synced: Buffer.alloc(0), path: file, removed: Buffer.alloc(0) });
    }
    try {
      if (creates) this.#done(isNew ? 'create' : 'empty', file);
      const syncs = numeric && (flags & constants.O_DSYNC) !== 0;
      const opened = { file, content: this.#files.get(file), syncs };
      this.#open.set(handle.fd, opened);
      return this.#watched(handle, opened);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Writes all at once; undefined when the file was opened before it was watched. */
  writeNow(real: typeof synchronous, fd: number, bytes: Buffer, position: number): number | undefined {
    const opened = this.#open.get(fd);
    if (opened === undefined) return undefined;
    const written = real.writeSync(fd, bytes, 0, bytes.length, position);
    this.#wrote(opened);
    return written;
  }

  truncatedNow(fd: number): void {
    const opened = this.#open.get(fd);
    if (opened !== undefined) this.#done('truncate', opened.file);
  }

  async rename(real: Real, from: string, to: string): Promise<void> {
    this.#forget(to);
    await real.rename(from, to);
    const content = this.#files.get(from);
    if (content !== undefined) {
      content.path = to;
      this.#files.delete(from);
      this.#files.set(to, content);
    }
    this.#done('rename', to);
  }

  async rm(real: Real, file: string, options?: synchronous.RmOptions): Promise<void> {
    const was = existsSync(file);
    this.#forget(file);
    await real.rm(file, options);
    if (was) this.#done('remove', file);
  }

  async mkdir(real: Real, directory: string): Promise<string | undefined> {
    const first = await real.mkdir(directory, { recursive: true });
    if (first !== undefined) this.#done('make', directory);
    return first;
  }

  #watched(handle: Handle, opened: Open): WatchedHandle {
    const { file } = opened;
    return {
      fd: handle.fd,
      close: () => {
        this.#open.delete(handle.fd);
        return handle.close();
      },
      read: handle.read.bind(handle),
      stat: handle.stat.bind(handle),
      // The disk itself need not be waited for.
      sync: () => {
        this.#synced(opened);
        return Promise.resolve();
      },
      truncate: async (length) => {
        await handle.truncate(length);
        this.#done('truncate', file);
      },
      write: async (bytes, offset, length, position) => {
        const result = await handle.write(bytes, offset, length, position);
        this.#wrote(opened);
        return result;
      },
      writeFile: async (bytes) => {
        await handle.writeFile(bytes);
        this.#done('write', file);
      },
    };
  }

  /** A crash may come before a write that syncs is done. */
  #wrote(opened: Open): void {
    this.#done('write', opened.file);
    if (opened.syncs) this.#synced(opened);
  }

  #synced({ file, content }: Open): void {
    if (content === undefined) this.#names.set(file, this.#namesIn(file));
    else content.synced = bytesOf(content);
    this.#done('sync', file);
  }

  #done(what: string, file: string): void {
    this.#step(`${what} ${path.relative(this.#root, file)}`);
  }

  #forget(file: string): void {
    for (const [name, content] of this.#files) {
      if (name !== file && !name.startsWith(file + path.sep)) continue;
      content.removed = bytesOf(content);
      content.path = undefined;
      this.#files.delete(name);
    }
  }

  #begin(directory: string): void {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) this.#begin(file);
      else {
        const bytes = readFileSync(file);
        this.#files.set(file, { synced: bytes, path: file, removed: bytes });
      }
    }
    this.#names.set(directory, this.#namesIn(directory));
  }

  #namesIn(directory: string): Names {
    return new Map(
      readdirSync(directory).map((name) => [name, this.#files.get(path.join(directory, name)) ?? DIRECTORY]),
    );
  }

  #write(directory: string, target: string, view: View): void {
    const names = view.names === 'done' ? this.#namesIn(directory) : this.#names.get(directory);
    for (const [name, content] of names ?? []) {
      const to = path.join(target, name);
      if (content === DIRECTORY) {
        mkdirSync(to);
        this.#write(path.join(directory, name), to, view);
      } else {
        writeFileSync(to, contentIn(view, content));
      }
    }
  }
}

function bytesOf({ path: file, removed }: Content): Buffer {
  return file === undefined ? removed : readFileSync(file);
}

function contentIn({ contents }: View, content: Content): Buffer {
  if (contents === 'synced') return content.synced;
  const bytes = bytesOf(content);
  return contents === 'done' ? bytes : torn(content.synced, bytes);
}

/** As much of `after` as is up to the middle of where it differs from `before`. */
function torn(before: Buffer, after: Buffer): Buffer {
  const length = Math.max(before.length, after.length);
  const differs = [...Array(length).keys()].filter((at) => before[at] !== after[at]);
  const middle = differs[differs.length >>> 1];
  if (middle === undefined) return after;
  return Buffer.concat([after.subarray(0, middle), before.subarray(middle)]);
}

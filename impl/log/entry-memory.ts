/**
 * Memory in which entries wait for the disk: of a WebAssembly module, for two reasons.
 *
 * It is mapped by itself, and so begins at the begin of a page, as a write past the page cache (O_DIRECT) asks for; Node.js
 * allocates buffers at addresses of any kind and does not tell them. And the module (adler32.wat) computes checksums of what
 * lies in it sixteen bytes at a time, in a quarter of the time or less.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';

const UNIT_BYTES = 1 << 16;

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(units: number): number;
}

interface Adler32Exports {
  /** A signed integer of 32 bits. */
  adler32(from: number, to: number): number;
}

declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly log: { readonly memory: WasmMemory } },
  ) => { readonly exports: Adler32Exports };
};

const MODULE = new WebAssembly.Module(readFileSync(new URL('adler32.wasm', import.meta.url)));

export class EntryMemory {
  readonly #memory: WasmMemory;
  readonly #exports: Adler32Exports;
  #bytes: Buffer;

  /**
   * At least that many bytes, all of them zero. Some 11 GiB of address space are taken with them: not for memory of which
   * there is much.
   * @throws Error when the process may not have so much address space
   */
  constructor(bytes: number) {
    this.#memory = withinLimits(() => new WebAssembly.Memory({ initial: unitsOf(bytes) }));
    this.#exports = new WebAssembly.Instance(MODULE, { log: { memory: this.#memory } }).exports;
    this.#bytes = Buffer.from(this.#memory.buffer);
  }

  /** All of it; void once it grows. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /**
   * Makes it longer, if it is shorter than that: what is there, stays.
   * @throws Error as the constructor
   */
  grow(bytes: number): void {
    const more = unitsOf(bytes - this.#bytes.length);
    if (more <= 0) return;
    withinLimits(() => this.#memory.grow(more));
    this.#bytes = Buffer.from(this.#memory.buffer);
  }

  /** Adler-32 of the bytes from one place up to another, an unsigned 32-bit integer; as `adler32` of them. */
  adler32(from: number, to: number): number {
    return this.#exports.adler32(from, to) >>> 0;
  }
}

function unitsOf(bytes: number): number {
  return Math.ceil(bytes / UNIT_BYTES);
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

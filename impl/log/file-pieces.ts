/** A file that may be larger than memory, read in pieces. */
import { Buffer } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';

/** Read at a time, at least. */
const PIECE_BYTES = 1 << 20;

export class FilePieces {
  readonly size: number;
  readonly #handle: FileHandle;
  #piece = Buffer.alloc(0);
  /** Where in the file the piece begins. */
  #from = 0;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  static async open(file: string): Promise<FilePieces> {
    const handle = await open(file, 'r');
    try {
      return new FilePieces(handle, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The bytes from `at` on: `length`, or as many as there are. They stay as they are when others are read. */
  async load(at: number, length: number): Promise<Buffer> {
    const end = Math.min(at + length, this.size);
    if (at < this.#from || end > this.#from + this.#piece.length) await this.#read(at, length);
    return this.#piece.subarray(at - this.#from, Math.max(at, end) - this.#from);
  }

  /** Are there only zeroes, or nothing, from `from` on? */
  async isZeroFrom(from: number): Promise<boolean> {
    for (let at = from; at < this.size; at += PIECE_BYTES) {
      if ((await this.load(at, PIECE_BYTES)).some((byte) => byte !== 0)) return false;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** Makes what begins at `at` the piece. */
  async #read(at: number, length: number): Promise<void> {
    const wanted = Math.max(0, Math.min(Math.max(length, PIECE_BYTES), this.size - at));
    const piece = Buffer.allocUnsafeSlow(wanted);
    for (let read = 0; read < wanted;) {
      const { bytesRead } = await this.#handle.read(piece, read, wanted - read, at + read);
      if (bytesRead === 0) throw new Error(`it became shorter than ${this.size} bytes while it was read`);
      read += bytesRead;
    }
    this.#piece = piece;
    this.#from = at;
  }
}

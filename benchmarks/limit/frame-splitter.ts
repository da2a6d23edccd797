/** Finds where frames end, without looking into them: each is an int with the length of the rest, and the rest. */
import { Buffer } from 'node:buffer';

const LENGTH_BYTES = 4;

export class FrameSplitter {
  /** The beginning of a frame whose end has not come. */
  #rest: Buffer | undefined;

  /** Gives the frames that are whole now, in one piece, and their number; nothing when there is none. */
  push(chunk: Buffer, whole: (frames: Buffer, count: number) => void): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let end = 0;
    let count = 0;
    while (bytes.length - end >= LENGTH_BYTES) {
      const next = end + LENGTH_BYTES + bytes.readUInt32BE(end);
      if (next > bytes.length) break;
      end = next;
      count++;
    }
    this.#rest = end === bytes.length ? undefined : bytes.subarray(end);
    if (count > 0) whole(bytes.subarray(0, end), count);
  }
}

/** A count that stands for all before it, as an unsigned int: what followers acknowledge, and what clients are answered. */
import { Buffer } from 'node:buffer';

import type { AnswerReader } from '../load/request-stream.ts';

const COUNT_BYTES = 4;

export function encodeCount(count: number): Buffer {
  const bytes = Buffer.allocUnsafe(COUNT_BYTES);
  bytes.writeUInt32BE(count);
  return bytes;
}

/** Reads counts as they come; only the newest matters. */
export class CountReader {
  #rest: Buffer | undefined;

  /** The newest count that is whole; undefined when none is. */
  push(chunk: Buffer): number | undefined {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    const whole = bytes.length - (bytes.length % COUNT_BYTES);
    this.#rest = whole === bytes.length ? undefined : bytes.subarray(whole);
    return whole === 0 ? undefined : bytes.readUInt32BE(whole - COUNT_BYTES);
  }
}

/** A client's answers: a count of n answers the requests up to the n-th. */
export class CountedAnswers implements AnswerReader {
  readonly #counts = new CountReader();
  #answered = 0;

  read(chunk: Buffer, answer: (number: number, error: number) => void): void {
    const count = this.#counts.push(chunk) ?? this.#answered;
    while (this.#answered < count) answer(++this.#answered, 0);
  }
}

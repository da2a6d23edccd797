/**
 * Requests of one connection that were sent and not answered yet: their frames, ready to be written, and when each was
 * to be sent. Answers come in the order of the requests.
 *
 * A place is used again once its answer has come, so the bytes have left by then and nothing is allocated or copied a
 * request: the load generator must not be what is measured.
 */
import { Buffer } from 'node:buffer';

/** A frame of which all are copies, but for a number that is counted up in each. */
export interface FrameTemplate {
  readonly bytes: Uint8Array;
  /** Where the number stands, an int. */
  readonly numberAt: number;
}

export class FrameRing {
  /** The most requests without an answer. */
  readonly capacity: number;
  readonly #frames: Buffer;
  readonly #frameBytes: number;
  readonly #numberAt: number;
  readonly #times: Float64Array;
  #pushed = 0;
  #taken = 0;
  #answered = 0;

  constructor({ bytes, numberAt }: FrameTemplate, capacity: number) {
    this.capacity = capacity;
    this.#frameBytes = bytes.length;
    this.#numberAt = numberAt;
    this.#frames = Buffer.alloc(capacity * bytes.length);
    for (let place = 0; place < capacity; place++) this.#frames.set(bytes, place * bytes.length);
    this.#times = new Float64Array(capacity);
  }

  get outstanding(): number {
    return this.#pushed - this.#answered;
  }

  get free(): number {
    return this.capacity - this.outstanding;
  }

  /** The number in the frame whose answer comes next; the first has 1. */
  get awaited(): number {
    return numberOf(this.#answered);
  }

  /** One more request, which was to be sent at that time. The ring must have a free place. */
  push(time: number): void {
    if (this.free === 0) throw new RangeError('the ring is full');
    const place = this.#pushed % this.capacity;
    this.#times[place] = time;
    this.#frames.writeInt32BE(numberOf(this.#pushed), place * this.#frameBytes + this.#numberAt);
    this.#pushed++;
  }

  /** Gives the frames pushed since it was last called to `write`, in one piece or two. */
  take(write: (bytes: Buffer) => void): void {
    while (this.#taken < this.#pushed) {
      const place = this.#taken % this.capacity;
      const count = Math.min(this.#pushed - this.#taken, this.capacity - place);
      this.#taken += count;
      write(this.#frames.subarray(place * this.#frameBytes, (place + count) * this.#frameBytes));
    }
  }

  /** The answer to the oldest request has come; when it was to be sent. */
  answer(): number {
    if (this.outstanding === 0) throw new RangeError('nothing waits for an answer');
    const time = this.#times[this.#answered % this.capacity] ?? 0;
    this.#answered++;
    return time;
  }
}

/** Numbers are positive ints: after the greatest comes 0. */
function numberOf(index: number): number {
  return (index + 1) % 2 ** 31;
}

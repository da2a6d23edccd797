/**
 * What the clients of a server wait for, all together. It is in memory here and at the leader until a quorum of disks has
 * it; where these are slow, it would grow with the number of clients.
 */

export interface OutstandingLimits {
  readonly requests: number;
  readonly bytes: number;
}

export class Outstanding {
  readonly #limits: OutstandingLimits;
  #requests = 0;
  #bytes = 0;

  constructor(limits: OutstandingLimits) {
    this.#limits = limits;
  }

  get requests(): number {
    return this.#requests;
  }

  /** Is it so much that no client may ask for more while it waits for something? */
  get full(): boolean {
    return this.#requests >= this.#limits.requests || this.#bytes >= this.#limits.bytes;
  }

  add(bytes: number): void {
    this.#requests++;
    this.#bytes += bytes;
  }

  remove(bytes: number): void {
    this.#requests--;
    this.#bytes -= bytes;
  }
}

/**
 * Keeps a server from going through roles as fast as it can, each of which ends as soon as it begins: as when its leader
 * refuses it, or cannot be reached.
 */

/** Milliseconds from when a role begins until the next one is looked for, at least. */
const PAUSE_MS = 200;

export class RolePause {
  #begunAtMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** A role begins now. */
  begun(): void {
    this.#begunAtMs = performance.now();
  }

  /** Does something as soon as the next role may be looked for: at once after a role that lasted. */
  after(work: () => void): void {
    const leftMs = this.#begunAtMs + PAUSE_MS - performance.now();
    if (leftMs > 0) this.#timer = setTimeout(work, leftMs);
    else work();
  }

  /** What waits is not done any more. */
  cancel(): void {
    clearTimeout(this.#timer);
  }
}

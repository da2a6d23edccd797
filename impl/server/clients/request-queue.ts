/**
 * What a client has asked for over one connection and was not answered yet, in the order in which it was asked. A read
 * waits here only behind a write or a sync, so the first entry is always one of those.
 */
import type { Operation, ReadOperation } from '../../wire/client-request.ts';

/** A write that is on its way through the leader. `type` is the number of its operation. */
export interface PendingWrite {
  readonly kind: 'write';
  readonly cxid: number;
  readonly type: number;
  readonly bytes: number;
  readonly askedAtMs: number;
}

export interface PendingSync {
  readonly kind: 'sync';
  readonly cxid: number;
  readonly path: string;
  readonly bytes: number;
  readonly askedAtMs: number;
}

/** A read, or a ping, whose answer must not overtake what was asked for before. */
export interface PendingRead {
  readonly kind: 'read';
  readonly cxid: number;
  readonly operation: ReadOperation | Extract<Operation, { readonly type: 'ping' }>;
  readonly bytes: number;
  readonly askedAtMs: number;
}

/** What is not done here: the reply says so and ends the connection. */
export interface PendingRefusal {
  readonly kind: 'refusal';
  readonly cxid: number;
  readonly bytes: number;
  readonly askedAtMs: number;
}

export type PendingRequest = PendingWrite | PendingSync | PendingRead | PendingRefusal;

/** Answered entries are taken off in batches of this many. */
const ANSWERED_KEPT_MAX = 512;

export class RequestQueue {
  /** Those before `#first` are answered. */
  #entries: PendingRequest[] = [];
  #first = 0;
  #bytes = 0;

  get length(): number {
    return this.#entries.length - this.#first;
  }

  /** What the requests take, as their frames came. */
  get bytes(): number {
    return this.#bytes;
  }

  get first(): PendingRequest | undefined {
    return this.#entries[this.#first];
  }

  push(request: PendingRequest): void {
    this.#entries.push(request);
    this.#bytes += request.bytes;
  }

  /** Takes the first entry off. */
  shift(): void {
    this.#bytes -= this.first?.bytes ?? 0;
    this.#first++;
    if (this.#first < this.#entries.length && this.#first < ANSWERED_KEPT_MAX) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }
}

/**
 * What a client has asked for over one connection and was not answered yet, in the order in which it was asked. A read
 * waits here only behind a write or a sync, so the first entry is always one of those.
 */
import { Fifo } from '../../broadcast/fifo.ts';
import type { Operation, ReadOperation } from '../../wire/client-request.ts';
import type { Outstanding } from './outstanding.ts';

export interface Asked {
  /** The client's number of the request. */
  readonly cxid: number;
  /** What it takes, as its frame came. */
  readonly bytes: number;
  readonly askedAtMs: number;
}

/** A request that goes through the leader. */
interface AskedOfLeader extends Asked {
  /**
   * Was it asked for over an earlier connection in this session? Then nobody waits for the answer, but what becomes of it
   * still comes, before what becomes of the requests of this connection, which may have the same numbers.
   */
  readonly abandoned: boolean;
}

/** A write. `type` is the number of its operation. */
export interface PendingWrite extends AskedOfLeader {
  readonly kind: 'write';
  readonly type: number;
}

export interface PendingSync extends AskedOfLeader {
  readonly kind: 'sync';
  readonly path: string;
}

/** A read, or a ping, whose answer must not overtake what was asked for before. */
export interface PendingRead extends Asked {
  readonly kind: 'read';
  readonly operation: ReadOperation | Extract<Operation, { readonly type: 'ping' }>;
}

/** What is not done here: the reply says so and ends the connection. */
export interface PendingRefusal extends Asked {
  readonly kind: 'refusal';
}

export type PendingRequest = PendingWrite | PendingSync | PendingRead | PendingRefusal;

export class RequestQueue {
  readonly #outstanding: Outstanding;
  readonly #entries = new Fifo<PendingRequest>();
  #bytes = 0;

  /** `outstanding` counts what is in this queue, beside what is in others. */
  constructor(outstanding: Outstanding) {
    this.#outstanding = outstanding;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** What the requests take. */
  get bytes(): number {
    return this.#bytes;
  }

  get first(): PendingRequest | undefined {
    return this.#entries.first;
  }

  /** Nobody waits for answers any more: what is left is what still comes back from the leader. */
  abandon(): void {
    for (const request of this.#takeAll()) {
      if (request.kind === 'write' || request.kind === 'sync') this.push({ ...request, abandoned: true });
    }
  }

  /** Takes over all that another queue has. */
  inherit(earlier: RequestQueue): void {
    for (const request of earlier.#takeAll()) this.push(request);
  }

  push(request: PendingRequest): void {
    this.#entries.push(request);
    this.#bytes += request.bytes;
    this.#outstanding.add(request.bytes);
  }

  /** Takes the first entry off. */
  shift(): void {
    const request = this.#entries.shift();
    if (request !== undefined) this.#taken(request);
  }

  #takeAll(): PendingRequest[] {
    const left = [...this.#entries];
    for (const request of left) this.#taken(request);
    this.#entries.clear();
    return left;
  }

  #taken({ bytes }: PendingRequest): void {
    this.#bytes -= bytes;
    this.#outstanding.remove(bytes);
  }
}

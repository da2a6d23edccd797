/**
 * The leader of a direct broadcast, with the load in the same process: as many transactions are under way as clients would
 * have, and each that is delivered makes room for the next. Latency is from giving it to the leader to its delivery there.
 */
import { setTimeout as delay } from 'node:timers/promises';

import type { LoadResult } from '../load/generate.ts';
import type { LoadShape } from '../load/load-job.ts';
import { Measurement } from '../load/measurement.ts';
import { RequestRuns } from '../load/request-runs.ts';
import { serveJob, type Told } from '../load/serve-job.ts';
import type { DirectJob } from './direct-job.ts';
import { DirectServer } from './direct-server.ts';
import { openSource, type Source } from './direct-source.ts';

const POLL_MS = 5;
const ESTABLISHED_MS_MAX = 20_000;

// Our own process sends nothing else.
serveJob((job, told) => broadcast(job as DirectJob, told));

async function broadcast(job: DirectJob, told: Told): Promise<LoadResult> {
  const load = new DirectLoad(job);
  let failure: Error | undefined;
  const server = await DirectServer.start(job.server, {
    delivered: (count) => {
      load.delivered(count);
    },
    settled: () => {
      load.settled();
    },
    failed: (error) => {
      failure ??= error;
    },
  });
  const waitUntil = async (holds: () => boolean): Promise<void> => {
    while (!holds()) {
      if (failure !== undefined) throw failure;
      await delay(POLL_MS);
    }
  };
  const deadline = performance.now() + ESTABLISHED_MS_MAX;
  await waitUntil(() => {
    if (performance.now() > deadline) throw new Error('no quorum was there in time');
    return server.isActive;
  });
  const source = await openSource(job, server, load.delivering());
  const { warmupSeconds, seconds, binMs } = job;
  const measurement = new Measurement(performance.now(), warmupSeconds, seconds, binMs);
  load.begin(source, measurement);
  await waitUntil(() => performance.now() >= measurement.from);
  told.measuring();
  await waitUntil(() => {
    if (told.stop.aborted) measurement.endSoon(performance.now());
    return performance.now() >= measurement.to;
  });
  told.measured();
  await waitUntil(() => load.outstanding === 0);
  source.close();
  return {
    seconds: measurement.seconds,
    answered: measurement.answered,
    errors: 0,
    lost: 0,
    unanswered: 0,
    latencies: measurement.latencies.encoded,
    timeline: measurement.timeline(),
    lateness: undefined,
  };
}

/**
 * A closed loop around the peer. What is given to it comes as clients would send it: what each connection has, by itself,
 * and in one turn of the event loop what has come from half of the connections, while the others are still answering. All in
 * one turn, it would move as one batch, and the disk would wait for the processor and the processor for the disk; of one
 * connection in a turn, a fifth of what may be under way would wait for its turn, and the loop would run for less each time.
 */
class DirectLoad {
  readonly #places: number;
  /** Given together, at most: what one connection may have under way. */
  readonly #share: number;
  /** Connections from which something comes in one turn. */
  readonly #sharesOfTurn: number;
  /** Those under way, by when they were given to the leader. */
  readonly #runs = new RequestRuns();
  #source: Source | undefined;
  #measurement: Measurement | undefined;
  /** Delivered within the present event. */
  #newly = 0;
  /** Shares that are to be given in the next turn. */
  #scheduled = 0;
  #waiter: (() => void) | undefined;

  constructor({ connections, outstanding }: LoadShape) {
    this.#places = Math.max(1, Math.round(connections * outstanding));
    this.#share = Math.max(1, Math.round(outstanding));
    this.#sharesOfTurn = Math.ceil(connections / 2);
  }

  get outstanding(): number {
    return this.#runs.outstanding;
  }

  /** What waits for one delivery after the other, before the load begins. */
  delivering(): () => Promise<void> {
    return () =>
      new Promise((resolve) => {
        this.#waiter = resolve;
      });
  }

  begin(source: Source, measurement: Measurement): void {
    this.#source = source;
    this.#measurement = measurement;
    this.#schedule();
  }

  delivered(count: number): void {
    if (this.#source === undefined) {
      this.#waiter?.();
      return;
    }
    this.#newly += count;
  }

  settled(): void {
    if (this.#newly === 0) return;
    const now = performance.now();
    this.#runs.answer(this.#newly, (sent, count) => this.#measurement?.record(sent, now, count));
    this.#newly = 0;
    this.#schedule();
  }

  /** Each share by itself: between two the loop does what it does between what two sockets have. */
  #schedule(): void {
    if (this.#scheduled > 0) return;
    while (this.#scheduled < this.#sharesOfTurn) {
      this.#scheduled++;
      setImmediate(() => {
        this.#scheduled--;
        this.#give();
      });
    }
  }

  #give(): void {
    const now = performance.now();
    if (this.#measurement === undefined || now >= this.#measurement.to) return;
    const count = Math.min(this.#share, this.#places - this.outstanding);
    if (count === 0) return;
    this.#runs.push(now, count);
    this.#source?.give(count);
    if (this.outstanding < this.#places) this.#schedule();
  }
}

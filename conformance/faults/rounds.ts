/** Rounds of faults under load, on one ensemble that keeps its data from round to round. */
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from '../../impl/client/client.ts';
import { ServiceError } from '../../impl/client/errors.ts';
import { ErrorCode } from '../../impl/wire/client-reply.ts';
import type { Address } from '../../impl/wire/notification.ts';
import { disagreements } from './agreement.ts';
import { isConnectionFailure } from './connection-failure.ts';
import type { FaultyEnsemble } from './faulty-ensemble.ts';
import { leaderOf } from './leader-of.ts';
import { faultText, scheduleOf, SESSION_TIMEOUT_MS, type Fault } from './schedule.ts';
import { until } from './waiting.ts';
import { Workload } from './workload.ts';

export interface RoundOptions {
  readonly seed: number;
  /** Faults begin within so many milliseconds. */
  readonly spanMs: number;
  readonly clients: number;
  readonly window: number;
  /** How long the ensemble may take to serve again once the faults are over. */
  readonly recoveryMsMax: number;
}

export interface RoundResult {
  readonly seed: number;
  readonly faults: readonly string[];
  readonly acknowledged: number;
  readonly unknown: number;
  /** From the end of the last fault until all servers serve. */
  readonly recoveryMs: number;
  readonly wrong: readonly string[];
}

/**
 * Snapshots come often, so that servers start from them and send them; a learner has time for a large one. Whoever is
 * silent for a second, with a tick of 200 ms, is given up: shorter than many a fault.
 */
export const SETTINGS = ['snapCount=5000', 'initLimit=50', 'syncLimit=5'];

/**
 * Runs the faults of a seed while clients write, and looks at every server afterwards.
 * @throws FaultError when the ensemble does not come back, or a server has ended by itself
 */
export async function runRound(ensemble: FaultyEnsemble, options: RoundOptions): Promise<RoundResult> {
  const { seed, spanMs, clients, window, recoveryMsMax } = options;
  const { servers } = ensemble;
  const addresses = servers.map(({ client }) => client);
  const root = `/round-${seed}-${Date.now()}`;
  const faults = scheduleOf({ seed, servers: servers.length, spanMs });
  await until('the round can begin', recoveryMsMax, () => prepare(addresses, root));
  const workload = new Workload({ addresses, root, clients, window, sessionTimeoutMs: SESSION_TIMEOUT_MS });
  let recoveryMs: number;
  try {
    await sufferAll(ensemble, faults, spanMs);
    ensemble.heal();
    const healed = Date.now();
    await leaderOf(servers, recoveryMsMax);
    recoveryMs = Date.now() - healed;
    const before = workload.count;
    await until('a write is acknowledged after the faults', recoveryMsMax, () =>
      workload.count > before || !workload.running ? true : undefined,
    );
    await workload.stop();
  } finally {
    workload.end();
  }
  const wrong = [...workload.lost, ...(await disagreements(servers, root, workload.acknowledged))];
  for (const server of servers) server.assertRunning();
  return {
    seed,
    faults: faults.map(faultText),
    acknowledged: workload.count,
    unknown: workload.unknown,
    recoveryMs,
    wrong,
  };
}

/** Makes the node below which the round writes; undefined where the servers change their roles meanwhile. */
async function prepare(addresses: readonly Address[], root: string): Promise<true | undefined> {
  try {
    const client = await Client.open({ servers: addresses, sessionTimeoutMs: SESSION_TIMEOUT_MS });
    if ((await client.exists(root)) === undefined) await client.create(root);
    await client.close();
    return true;
  } catch (error) {
    if (isConnectionFailure(error)) return undefined;
    // An attempt of which nobody knew what became has made it.
    if (error instanceof ServiceError && error.code === ErrorCode.NODE_EXISTS) return true;
    throw error;
  }
}

/** Ends when all faults are over, also when one of them could not be ended. */
async function sufferAll(ensemble: FaultyEnsemble, faults: readonly Fault[], spanMs: number): Promise<void> {
  const over = await Promise.allSettled([...faults.map((fault) => suffer(ensemble, fault)), delay(spanMs)]);
  for (const result of over) if (result.status === 'rejected') throw result.reason;
}

async function suffer(ensemble: FaultyEnsemble, { atMs, forMs, kind }: Fault): Promise<void> {
  await delay(atMs);
  await ensemble.begin(kind);
  await delay(forMs);
  ensemble.end(kind);
}

/** Rounds of faults under load, on one ensemble that keeps its data from round to round. */
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from '../../impl/client/client.ts';
import { ConnectionLostError, SessionOverError } from '../../impl/client/errors.ts';
import type { Address } from '../../impl/wire/notification.ts';
import { disagreements } from './agreement.ts';
import type { FaultyEnsemble } from './faulty-ensemble.ts';
import { faultText, scheduleOf, type Fault } from './schedule.ts';
import { leaderOf, until } from './waiting.ts';
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

const SESSION_TIMEOUT_MS = 4000;

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
  await Promise.all([...faults.map((fault) => suffer(ensemble, fault)), delay(spanMs)]);
  ensemble.heal();
  const healed = Date.now();
  await leaderOf(servers, recoveryMsMax);
  const recoveryMs = Date.now() - healed;
  await workload.stop();
  const wrong = await disagreements(servers, root, workload.acknowledged);
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
    if (error instanceof ConnectionLostError || error instanceof SessionOverError) return undefined;
    throw error;
  }
}

async function suffer(ensemble: FaultyEnsemble, { atMs, forMs, kind }: Fault): Promise<void> {
  await delay(atMs);
  await ensemble.begin(kind);
  await delay(forMs);
  ensemble.end(kind);
}

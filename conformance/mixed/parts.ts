/** What scenarios are made of: each does something to a mixed ensemble, and reports what was seen. */
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from '../../impl/client/client.ts';
import { disagreements } from '../faults/agreement.ts';
import { logDisagreements } from '../faults/log-agreement.ts';
import type { ServerProcess } from '../faults/server-process.ts';
import { Workload } from '../faults/workload.ts';
import { compareContents, withClient } from './contents.ts';
import type { MixedEnsemble } from './mixed-ensemble.ts';
import { MovingSession } from './moving-session.ts';
import type { Report } from './report.ts';
import type { Synchronized } from './synchronizations.ts';

export interface Stage {
  readonly ensemble: MixedEnsemble;
  readonly report: Report;
}

const LOAD_MS = 1000;
/** Writes that only the leader has. */
const TAIL = 5;
const SESSION_TIMEOUT_MS = 20_000;

/** A name for a node that no other part uses. */
let names = 0;
function newNode(): string {
  return `/part-${++names}`;
}

/** Who leads, and how the others were brought up to date. */
export async function reportRoles(stage: Stage, expected: number): Promise<void> {
  const { ensemble, report } = stage;
  const leader = await ensemble.leader();
  report.saw(`${ensemble.name(leader)} leads`, leader.id === expected ? undefined : `${expected} is to lead`);
  for (const learner of ensemble.running) {
    if (learner !== leader) reportSynchronized(stage, learner, leader, ['DIFF', 'SNAP', 'unsaid']);
  }
}

export function reportSynchronized(
  { ensemble, report }: Stage,
  learner: ServerProcess,
  leader: ServerProcess,
  expected: readonly Synchronized[],
): void {
  const seen = ensemble.synchronized(learner, leader);
  const way = seen === 'unsaid' ? 'nothing is said of it' : seen;
  report.saw(
    `${ensemble.name(learner)} is brought up to date by ${ensemble.name(leader)}: ${way}`,
    expected.includes(seen) ? undefined : `${expected.join(' or ')} is expected`,
  );
}

/** Creates, changes and deletes through every server that runs; all of them show the same afterwards. */
export async function writeThroughAll({ ensemble, report }: Stage): Promise<void> {
  const through: string[] = [];
  for (const server of ensemble.running) {
    const node = newNode();
    await withClient(server.client, async (client) => {
      await client.create(node, Buffer.from('first'));
      await client.setData(node, Buffer.from('second'), 0);
      await client.create(`${node}/child`);
      await client.create(`${node}/deleted`);
      await client.delete(`${node}/deleted`);
    });
    through.push(ensemble.name(server));
  }
  const { nodes, differences } = await compareContents(ensemble.running);
  report.saw(
    `written through ${through.join(', ')}; ${nodes} nodes the same on all, with every field of their Stat`,
    differences[0],
  );
}

/** A session goes from the first server to the second and back, and writes at each. */
export async function moveSession(
  { ensemble, report }: Stage,
  from: ServerProcess,
  to: ServerProcess,
): Promise<void> {
  const session = await MovingSession.open([from, to]);
  const way = [from, to, from].map((server) => ensemble.name(server)).join(' → ');
  const { id } = session;
  const node = newNode();
  try {
    await session.act((client) => client.create(node));
    const moved = [await session.move()];
    await session.act((client) => client.setData(node, Buffer.from('there')));
    moved.push(await session.move());
    const { version } = await session.act((client) => client.setData(node, Buffer.from('back')));
    const fault = !moved.every(Boolean)
      ? 'it went elsewhere'
      : session.id !== id
        ? `it is another session, 0x${session.id.toString(16)}`
        : version !== 2
          ? `the node has version ${version}, not 2`
          : undefined;
    report.saw(`session 0x${id.toString(16)} moves ${way}`, fault);
  } finally {
    await session.close();
  }
}

/** Kills a learner under load and starts it again: the others go on, and nothing acknowledged is lost. */
export async function loseLearner(
  stage: Stage,
  lost: ServerProcess,
  ways: readonly Synchronized[] = ['DIFF', 'TRUNC', 'SNAP', 'unsaid'],
): Promise<void> {
  const { ensemble, report } = stage;
  const load = await Load.begin(stage);
  await lost.kill();
  await ensemble.leader();
  const without = await load.goOn();
  report.saw(
    `${lost.votes ? 'follower' : 'observer'} ${ensemble.name(lost)} is killed under load; without it ${without} writes are acknowledged`,
    without > 0 ? undefined : 'the others do not serve',
  );
  ensemble.startAgain(lost);
  reportSynchronized(stage, lost, await ensemble.leader(), ways);
  await load.end();
}

/**
 * Kills the leader under load. `successor` takes its place, since it has more than the third server that votes, which was
 * killed before and comes back now; then the old leader comes back too. Observers run all the time.
 */
export async function loseLeader(
  stage: Stage,
  leader: ServerProcess,
  successor: ServerProcess,
): Promise<void> {
  const { ensemble, report } = stage;
  const load = await Load.begin(stage);
  const third = ensemble.servers.filter(
    (server) => server.votes && server !== leader && server !== successor,
  );
  for (const server of third) await server.kill();
  await load.goOn();
  await leader.kill();
  for (const server of third) ensemble.startAgain(server);
  const next = await ensemble.leader();
  const after = await load.goOn();
  report.saw(
    `leader ${ensemble.name(leader)} is killed under load; then ${ensemble.name(next)} leads, and ${after} writes are acknowledged`,
    next !== successor
      ? `${ensemble.name(successor)} has more and is to lead`
      : after > 0
        ? undefined
        : 'it does not serve',
  );
  for (const server of third) reportSynchronized(stage, server, next, ['DIFF', 'SNAP', 'TRUNC', 'unsaid']);
  ensemble.startAgain(leader);
  reportSynchronized(stage, leader, await ensemble.leader(), ['DIFF', 'TRUNC', 'SNAP', 'unsaid']);
  await load.end();
}

/** A follower is away while so much is written that it gets a snapshot when it comes back. */
export async function missOut(stage: Stage, away: ServerProcess, writes: number): Promise<void> {
  const { ensemble } = stage;
  await away.kill();
  const leader = await ensemble.leader();
  const node = newNode();
  await withClient(leader.client, async (client) => {
    await client.create(node);
    for (let i = 0; i < writes; i++) await client.setData(node, Buffer.from(String(i)));
  });
  ensemble.startAgain(away);
  reportSynchronized(stage, away, await ensemble.leader(), ['SNAP']);
}

/** Clients that write to all servers meanwhile. */
class Load {
  readonly #stage: Stage;
  readonly #root: string;
  readonly #workload: Workload;

  private constructor(stage: Stage, root: string) {
    this.#stage = stage;
    this.#root = root;
    this.#workload = new Workload({
      addresses: stage.ensemble.servers.map(({ client }) => client),
      root,
      clients: 3,
      window: 2,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
    });
  }

  static async begin(stage: Stage): Promise<Load> {
    const root = newNode();
    const leader = await stage.ensemble.leader();
    await withClient(leader.client, (client) => client.create(root));
    const load = new Load(stage, root);
    await load.goOn();
    return load;
  }

  /** For a while; how many writes were acknowledged. */
  async goOn(): Promise<number> {
    const before = this.#workload.count;
    await delay(LOAD_MS);
    return this.#workload.count - before;
  }

  async end(): Promise<void> {
    await this.#workload.stop();
    const { ensemble, report } = this.#stage;
    const { acknowledged, lost } = this.#workload;
    const wrong = [...lost, ...(await disagreements(ensemble.servers, this.#root, acknowledged))];
    report.saw(
      `${this.#workload.count} acknowledged writes are on every server, at the same place`,
      wrong[0] === undefined ? undefined : `${wrong.length} are not: ${wrong[0]}`,
    );
  }
}

/** Stops all servers, and compares what is in their logs. */
export async function compareLogs({ ensemble, report }: Stage): Promise<void> {
  await ensemble.leader();
  await ensemble.stopServers();
  const { found, compared } = await logDisagreements(ensemble.servers);
  report.saw(
    `${compared} transactions compared between the logs of two servers, byte by byte`,
    compared === 0 ? 'none were there' : found[0],
  );
}

/**
 * The leader alone has appended what clients asked for when all servers are killed; the others elect `successor`. The old
 * leader's log diverges then, and is cut when it comes back: what nobody else had is gone everywhere.
 */
export async function cutTail(stage: Stage, leader: ServerProcess, successor: ServerProcess): Promise<void> {
  const { ensemble, report } = stage;
  const node = newNode();
  const others = ensemble.servers.filter((server) => server !== leader);
  const session = await Client.open({ servers: [leader.client], sessionTimeoutMs: SESSION_TIMEOUT_MS });
  // The creation of the session is to reach all of them, so that none is ahead of the others.
  await delay(LOAD_MS);
  await Promise.all(others.map((server) => server.pause()));
  const written = await Promise.race([
    Promise.allSettled(Array.from({ length: TAIL }, (_, i) => session.create(`${node}-${i}`))),
    delay(LOAD_MS),
  ]);
  await ensemble.killAll();
  await session.close();
  report.saw(
    `${TAIL} writes reach ${ensemble.name(leader)} alone, and none is acknowledged`,
    written === undefined ? undefined : 'they were answered',
  );
  for (const server of others) ensemble.startAgain(server);
  const next = await ensemble.leader();
  report.saw(
    `${ensemble.name(next)} leads without them`,
    next === successor ? undefined : `${successor.id} is to lead`,
  );
  ensemble.startAgain(leader);
  reportSynchronized(stage, leader, await ensemble.leader(), ['TRUNC']);
  await writeThroughAll(stage);
  const left = await withClient(leader.client, (client) => client.exists(`${node}-0`));
  report.saw(
    `what was cut from the log of ${ensemble.name(leader)} is in no tree`,
    left === undefined ? undefined : `${node}-0 is there`,
  );
}

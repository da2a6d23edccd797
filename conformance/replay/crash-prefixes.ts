/**
 * Crashes between effects. After each proper prefix of an event's effects the acting server crashes; what its disk then
 * holds, and what it had sent by then, must be what a crash before the action, or after it, can leave in the
 * specification.
 *
 * Messages are compared as beginnings: a server that crashes between two messages has sent the first only, where the
 * specification's crash after the action leaves both. The specification has that run too: the reader closes its end
 * before it reads the second one. Before the action, nothing may have been sent.
 */
import type { State } from '../tla/specification.ts';
import type { Value } from '../tla/values/value.ts';
import type { Performed } from './binding.ts';
import { crashChoices, type CrashChoice, type Disk, type Host } from './disk.ts';
import type { MismatchFacts } from './mismatch.ts';
import type { Scene } from './scene.ts';
import type { HostPart, World } from './world.ts';

/** A crash is compared with those that begin in a state: its state, and its world. */
interface Base {
  readonly state: State;
  readonly world: World;
}

const VERDICTS_MAX = 1_000_000;

export class CrashPrefixes {
  private readonly scene: Scene;
  private count = 0;
  /** For each server: whether a crash of one disk leaves what a crash of another one can, by their parts' numbers. */
  private readonly verdicts: Map<string, boolean>[];

  constructor(scene: Scene) {
    this.scene = scene;
    this.verdicts = scene.vocabulary.servers.map(() => new Map<string, boolean>());
  }

  takeCount(): number {
    const { count } = this;
    this.count = 0;
    return count;
  }

  /** Checks all prefixes of an edge that was performed and compared. */
  check(
    action: string,
    performed: readonly Performed[],
    source: World,
    sourceState: State,
    target: World,
    targetState: State,
  ): MismatchFacts | undefined {
    const before: Base = { state: sourceState, world: source };
    const after: Base = { state: targetState, world: target };
    for (const { server, effects, before: moments } of performed) {
      for (const [length, moment] of moments.entries()) {
        this.count += 1;
        // When a connection came up, the other end knows of it: there is no before.
        const bases = moment.sent === 0 && action !== 'Connect' ? [before, after] : [after];
        const failed = this.failingChoice(server, moment.host, bases);
        if (failed === undefined) continue;
        const done = effects.slice(0, length).map(({ type }) => type);
        const todo = effects.slice(length).map(({ type }) => type);
        return {
          kind: 'crash',
          what: `a crash after ${done.length === 0 ? 'no effect' : done.join(', ')} and before ${todo.join(', ')}`,
          specified: bases
            .map((base) => this.possible(server, base, base === before ? 'before' : 'after'))
            .join('; or '),
          actual: moment.sent === 0 ? failed : `${failed}, and ${moment.sent} messages have left`,
        };
      }
    }
    return undefined;
  }

  /** What a crash leaves that none of the bases allows, in words. */
  private failingChoice(server: number, host: Host, bases: readonly Base[]): string | undefined {
    const part = this.hostTable(server).partOf(host);
    // The usual case, decided once for each pair of disks.
    for (const base of bases) {
      const from = base.world.hosts[server];
      if (from !== undefined && this.allChoicesAllowed(server, part, from, base)) return undefined;
    }
    for (const choice of crashChoices(host.disk)) {
      if (bases.some((base) => this.isAllowed(server, part, choice, base))) continue;
      return this.describe(server, part, choice);
    }
    return undefined;
  }

  private allChoicesAllowed(server: number, part: HostPart, from: HostPart, base: Base): boolean {
    const verdicts = this.verdicts[server];
    const key = `${from.number}:${part.number}`;
    let verdict = verdicts?.get(key);
    if (verdict === undefined) {
      verdict = crashChoices(part.content.disk).every((choice) => this.isAllowed(server, part, choice, base));
      if (verdicts !== undefined && verdicts.size >= VERDICTS_MAX) verdicts.clear();
      verdicts?.set(key, verdict);
    }
    return verdict;
  }

  /** Is what the crash leaves one of the outcomes of the specification's Crash or CrashUncut in the base? */
  private isAllowed(server: number, part: HostPart, choice: CrashChoice, base: Base): boolean {
    const { draft, projection, vocabulary } = this.scene;
    const crashed = this.crash(server, part, choice, base.world);
    const outcome = projection.withServer(projection.withoutMessagesTo(base.state, server), crashed, server);
    const { specification } = vocabulary;
    const [name] = vocabulary.servers.slice(server);
    if (name === undefined) throw new RangeError(`there is no server ${server}`);
    const holds = (operator: string, args: readonly Value[]): boolean =>
      specification.evaluateStep(base.state, outcome, operator, args) === true;
    draft.load(base.world);
    const { disk } = draft.host(server);
    for (let length = disk.durable; length <= disk.history.length; length += 1) {
      if (holds('Crash', [name, length])) return true;
    }
    for (let length = 1; length <= disk.cutTail.length; length += 1) {
      if (holds('CrashUncut', [name, length])) return true;
    }
    return false;
  }

  /** The world in which the server, its host being as given, crashes and starts again. */
  private crash(server: number, part: HostPart, choice: CrashChoice, world: World): World {
    const { draft } = this.scene;
    const hosts = [...world.hosts];
    hosts[server] = part;
    draft.load({ ...world, hosts });
    draft.crash(server, choice);
    return draft.finish();
  }

  /** The disk that a crash finds in a base, in words. */
  private possible(server: number, base: Base, when: string): string {
    const disk = base.world.hosts[server]?.content.disk;
    return disk === undefined ? '' : `a crash ${when} the step, which finds ${diskText(disk)}`;
  }

  private describe(server: number, part: HostPart, choice: CrashChoice): string {
    const what = choice.kind === 'keep' ? 'transactions' : 'of the transactions that were cut off';
    return `server ${server + 1} finds ${diskText(part.content.disk)}, and ${choice.length} ${what} are read back`;
  }

  private hostTable(server: number): (typeof this.scene.parts.hosts)[number] {
    const table = this.scene.parts.hosts[server];
    if (table === undefined) throw new RangeError(`there is no server ${server}`);
    return table;
  }
}

function diskText({ acceptedEpoch, currentEpoch, history, durable, cutTail }: Disk): string {
  const cut = cutTail.length === 0 ? '' : `, ${cutTail.length} cut off`;
  return (
    `acceptedEpoch ${acceptedEpoch}, currentEpoch ${currentEpoch}, ` +
    `a log of ${history.length}, ${durable} durable${cut}`
  );
}

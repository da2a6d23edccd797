/**
 * Rides along with an exploration and counts, for each action and parameter, which steps lead a server from where it is
 * (its role and phase) to where it is then. The picture of the phases is drawn from these counts.
 */
import type { Arrival, Companion, CompanionEdge } from '../tla/explore/companion.ts';
import type { Specification, State } from '../tla/specification.ts';
import { traceValue } from '../tla/report/trace-values.ts';
import type { Value } from '../tla/values/value.ts';
import { boundActionOf } from '../replay/model-actions.ts';
import { fromTyped } from '../tla-json-trace/index.ts';
import { functionEntries, plainText } from './run-of-trace.ts';

/** Between the parts of a counter's name: from, action, to. No name of TLA+ has it. */
export const SEPARATOR = '|';

export function createCompanion(specification: Specification): Companion {
  return new PhaseCompanion(specification);
}

class PhaseCompanion implements Companion {
  private readonly role: number;
  private readonly phase: number;
  private readonly places = new WeakMap<object, ReadonlyMap<string, string>>();
  private counters: Record<string, number> = {};
  private source: readonly (readonly [string, string])[] = [];

  constructor({ variables }: Specification) {
    this.role = variables.indexOf('role');
    this.phase = variables.indexOf('phase');
    if (this.role < 0 || this.phase < 0) throw new TypeError('the model has no variables role and phase');
  }

  initial(): Arrival {
    return HERE;
  }

  begin(source: State): void {
    this.source = this.placesIn(source);
  }

  edge({ action, args, target }: CompanionEdge): Arrival {
    const [actor] = args;
    const acting = actor === undefined ? '' : plainText(fromTyped(traceValue(actor)));
    const name = boundActionOf(action.name);
    const after = new Map(this.placesIn(target));
    for (const [server, from] of this.source) {
      const to = after.get(server) ?? '';
      // A step that leaves another server where it is says nothing about that server.
      if (server !== acting && from === to) continue;
      const counter = [from, name, to].join(SEPARATOR);
      this.counters[counter] = (this.counters[counter] ?? 0) + 1;
    }
    return HERE;
  }

  end(): undefined {
    return undefined;
  }

  takeCounters(): Readonly<Record<string, number>> {
    const taken = this.counters;
    this.counters = {};
    return taken;
  }

  /** Where each server is: `FOLLOWING DISCOVERY`. */
  private placesIn(state: State): [string, string][] {
    const phases = this.textsOf(state[this.phase]);
    return [...this.textsOf(state[this.role])].map(([server, role]) => [
      server,
      `${role} ${phases.get(server) ?? ''}`,
    ]);
  }

  /** Values are shared by many states, so each is read once. */
  private textsOf(value: Value | undefined): ReadonlyMap<string, string> {
    if (typeof value !== 'object') throw new TypeError('role and phase are functions of servers');
    let texts = this.places.get(value);
    if (texts === undefined) {
      const entries = functionEntries(fromTyped(traceValue(value)));
      texts = new Map(entries.map(([server, entry]) => [server, plainText(entry)]));
      this.places.set(value, texts);
    }
    return texts;
  }
}

/** The companion keeps nothing from state to state. */
const HERE: Arrival = { kind: 'arrival', digest: new Uint32Array(4), snapshot: () => new Uint8Array(0) };

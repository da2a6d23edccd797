/**
 * A companion for tests: it follows the two counters of `counters` in `hand-written.ts` by itself, from the arguments alone.
 * Its options make it wrong on purpose.
 */
import type { Arrival, Companion, CompanionEdge, JsonValue, Mismatch } from '../explore/companion.ts';
import type { Specification, State } from '../specification.ts';

export interface Faults {
  /** Remembers by which counter it came. */
  readonly remembers?: boolean;
  /** Takes a reset of the state with this sum for a step of its own. */
  readonly wrongAtSum?: number;
}

export function createCompanion(_specification: Specification, options: JsonValue): Companion {
  return new CountingCompanion(options as Faults); // tests are its only users
}

class CountingCompanion implements Companion {
  private readonly faults: Faults;
  private at: readonly number[] = [];
  private edges = 0;
  private states = 0;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  initial(state: State): Arrival | Mismatch {
    return this.arrival(state.map(Number));
  }

  begin(_source: State, snapshot: Uint8Array): void {
    this.at = [...snapshot];
    this.states += 1;
  }

  edge({ action, args, target, withinBounds }: CompanionEdge): Arrival | Mismatch {
    this.edges += 1;
    const [a = 0, b = 0] = this.at;
    const reset = action.name === 'Reset' && a + b !== this.faults.wrongAtSum;
    const next = reset ? [0, 0] : args[0] === 1 ? [a + 1, b] : [a, b + 1];
    if (next.some((counter, position) => counter !== target[position])) {
      return { kind: 'mismatch', summary: `${action.name} gives ${next.join()}`, detail: { next } };
    }
    const memory =
      this.faults.remembers === true && withinBounds && next[0] === 1 && next[1] === 1 ? [a] : [];
    return this.arrival([...next, ...memory]);
  }

  end(): Mismatch | undefined {
    return undefined;
  }

  takeCounters(): Readonly<Record<string, number>> {
    const counters = { edges: this.edges, states: this.states };
    this.edges = 0;
    this.states = 0;
    return counters;
  }

  private arrival(numbers: readonly number[]): Arrival {
    const digest = Uint32Array.of(numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 99, numbers.length);
    return { kind: 'arrival', digest, snapshot: () => Uint8Array.from(numbers) };
  }
}

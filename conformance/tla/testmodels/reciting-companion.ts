/** A companion for tests of any specification: it repeats each state, and stumbles at the action that its options name. */
import { createHash } from 'node:crypto';

import type { Arrival, Companion, JsonValue, Mismatch } from '../explore/companion.ts';
import type { Specification, State } from '../specification.ts';
import { format } from '../values/format.ts';

export function createCompanion(_specification: Specification, options: JsonValue): Companion {
  const { stumblesAt } = options as { stumblesAt: string }; // tests are its only users
  let edges = 0;
  const recite = (state: State): Arrival => {
    const text = state.map(format).join('\n');
    const hash = createHash('sha256').update(text).digest();
    return {
      kind: 'arrival',
      digest: Uint32Array.from({ length: 4 }, (_, word) => hash.readUInt32LE(word * 4)),
      snapshot: () => Buffer.from(text),
    };
  };
  return {
    initial: recite,
    begin: (source, snapshot) => {
      const text = source.map(format).join('\n');
      if (Buffer.from(snapshot).toString() !== text) throw new Error('this is the snapshot of another state');
    },
    edge: ({ action, target }): Arrival | Mismatch => {
      edges += 1;
      if (action.name === stumblesAt)
        return { kind: 'mismatch', summary: `stumbled at ${action.name}`, detail: edges > 0 };
      return recite(target);
    },
    end: () => undefined,
    takeCounters: () => {
      const counters = { edges };
      edges = 0;
      return counters;
    },
  };
}

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  bool,
  int,
  isStuttering,
  map,
  matches,
  model,
  readItf,
  readTlc,
  readTraceFile,
  record,
  sequence,
  set,
  string,
  TraceError,
  tuple,
  typeTrace,
  writeItf,
  writeTlc,
  type Behaviours,
  type TraceValue,
  type UntypedTrace,
} from './index.ts';

function sample(name: string): UntypedTrace {
  const file = readTraceFile(fileURLToPath(new URL(`testdata/${name}.trace.json`, import.meta.url)));
  if (file.form !== 'tlc') throw new Error(`${name} is not in TLC's form`);
  return file.trace;
}

function atStep(step: number, v: TraceValue): ReadonlyMap<string, TraceValue> {
  return new Map([
    ['step', int(step)],
    ['v', v],
  ]);
}

const servers = [model('s1'), model('s2')];

/** What `Values.tla` steps through: every kind of value. */
const KINDS: readonly TraceValue[] = [
  bool(true),
  int(-7),
  string('text'),
  model('Nil'),
  sequence([]),
  tuple([int(1), string('a'), bool(true)]),
  set([]),
  set([int(3), int(1), int(2)]),
  set([string('b'), string('a')]),
  set([tuple([int(1), int(2)]), tuple([int(0), int(9)])]),
  record([
    ['epoch', int(1)],
    ['counter', int(2)],
  ]),
  map([1, 2, 3].map((i) => [int(i), int(i * i)])),
  map([0, 1, 2].map((i) => [int(i), int(i)])),
  map([5, 9].map((i) => [int(i), string('x')])),
  map(servers.map((server) => [server, set([server])])),
  map([true, false].map((b) => [bool(b), bool(b)])),
  map([1, 2].map((i) => [tuple([int(1), int(i)]), int(i)])),
  map([
    [set([]), int(0)],
    [set([int(1)]), int(1)],
  ]),
  map([
    [string('k'), int(1)],
    [string('j'), int(2)],
  ]),
  record([['nested', record([['m', sequence([set([]), record([['q', model('Nil')]])])]])]]),
];

const values: Behaviours = {
  vars: ['step', 'v'],
  initial: () => [atStep(1, bool(true))],
  successors(state, action) {
    const step = state.get('step');
    if (action !== 'Advance' || step?.kind !== 'int') return [];
    const next = Number(step.value) + 1;
    const v = KINDS[next - 1];
    if (v === undefined) return [];
    return [{ action: { name: 'Advance', parameters: new Map([['k', step]]) }, values: atStep(next, v) }];
  },
};

function whoAt(x: number, who: string): ReadonlyMap<string, TraceValue> {
  return new Map([
    ['x', int(x)],
    ['who', model(who)],
  ]);
}

const lasso: Behaviours = {
  vars: ['x', 'who'],
  initial: () => [whoAt(0, 's1')],
  successors(state, action) {
    const x = state.get('x');
    const who = state.get('who');
    if (x?.kind !== 'int' || who?.kind !== 'model') return [];
    if (action === 'Reset')
      return [{ action: { name: 'Reset', parameters: new Map() }, values: whoAt(1, who.name) }];
    if (action !== 'Up') return [];
    return servers.map((s) => ({
      action: { name: 'Up', parameters: new Map([['s', s]]) },
      values: new Map([
        ['x', int(x.value + 1n)],
        ['who', s],
      ]),
    }));
  },
};

describe("TLC's own traces are read", () => {
  test('every kind of value', () => {
    const trace = sample('Values');
    expect(trace.vars).toEqual(['step', 'v']);
    expect(trace.states).toHaveLength(20);
    expect(trace.loop).toBeUndefined();
    expect(trace.states[19]?.action).toEqual({
      name: 'Advance',
      parameters: new Map([['k', 19n]]),
      place: { module: 'Values', beginLine: 10, beginColumn: 15, endLine: 10, endColumn: 81 },
    });
    for (const [index, kind] of KINDS.entries()) {
      expect(matches(trace.states[index]?.values.get('v') ?? null, kind), `state ${index + 1}`).toBe(true);
    }
  });

  test('no value passes for another, save where the form itself makes them alike', () => {
    const trace = sample('Values');
    const alike = trace.states.map(({ values: at }) =>
      KINDS.flatMap((kind, index) => (matches(at.get('v') ?? null, kind) ? [index + 1] : [])),
    );
    // The empty sequence and the empty set are both [].
    expect(alike).toEqual(KINDS.map((_, index) => (index === 4 || index === 6 ? [5, 7] : [index + 1])));
  });

  test('a lasso goes back to an earlier state by a named action', () => {
    const trace = sample('Lasso');
    expect(trace.states).toHaveLength(4);
    expect(trace.loop).toBe(1);
    expect(trace.closing?.name).toBe('Reset');
    expect(isStuttering(trace)).toBe(false);
  });

  test('stuttering goes on in the last state', () => {
    const trace = sample('Stutter');
    expect(trace.states.map(({ values: at }) => at.get('x'))).toEqual([0n, 1n]);
    expect(trace.loop).toBe(1);
    expect(isStuttering(trace)).toBe(true);
  });

  test('a deadlock just ends', () => {
    const trace = sample('Dead');
    expect(trace.states.map(({ values: at }) => at.get('x'))).toEqual([0n, 1n, 2n]);
    expect(trace.loop).toBeUndefined();
  });
});

describe('with the specification at hand, the types come back', () => {
  test('of every kind of value', () => {
    const typed = typeTrace(sample('Values'), values);
    expect(typed.states.map(({ values: at }) => at.get('v'))).toEqual(KINDS);
    const withStrings = readItf(writeItf(typed));
    expect(withStrings.states[10]?.values.get('v')).toEqual(KINDS[10]);
    expect(withStrings.states[3]?.values.get('v')).toEqual(string('Nil'));
  });

  test('of a lasso, its closing action too', () => {
    const typed = typeTrace(sample('Lasso'), lasso);
    expect(typed.states.map(({ values: at }) => at.get('who'))).toEqual(['s1', 's2', 's2', 's2'].map(model));
    expect(typed.loop).toBe(1);
    expect(typed.closing).toEqual({ name: 'Reset', parameters: new Map() });
    expect(readItf(writeItf(typed)).loop).toBe(1);
  });

  test('of stuttering, which keeps the name that TLC gave it', () => {
    const spec: Behaviours = {
      vars: ['x'],
      initial: () => [new Map([['x', int(0)]])],
      successors: (_, action) => [
        { action: { name: action, parameters: new Map() }, values: new Map([['x', int(1)]]) },
      ],
    };
    const typed = typeTrace(sample('Stutter'), spec);
    expect(typed.closing?.name).toBe('Step');
    expect(readTlc(writeTlc(typed)).loop).toBe(1);
  });

  test("what is written in TLC's form is typed again to the same trace", () => {
    for (const [name, spec] of [
      ['Values', values],
      ['Lasso', lasso],
    ] as const) {
      const typed = typeTrace(sample(name), spec);
      expect(typeTrace(readTlc(writeTlc(typed)), spec)).toEqual(typed);
    }
  });

  test('a state that two typed states agree with is decided by what follows', () => {
    const at = (x: TraceValue): ReadonlyMap<string, TraceValue> => new Map([['x', x]]);
    const spec: Behaviours = {
      vars: ['x'],
      initial: () => [at(set([])), at(sequence([]))],
      successors: (state) =>
        state.get('x')?.kind === 'sequence'
          ? [{ action: { name: 'Append', parameters: new Map() }, values: at(sequence([int(1)])) }]
          : [],
    };
    const text =
      '{"counterexample":{"action":[[[1,{"x":[]}],{"name":"Append"},[2,{"x":[1]}]]],' +
      '"state":[[1,{"x":[]}],[2,{"x":[1]}]]},"vars":["x"]}';
    expect(typeTrace(readTlc(text), spec).states[0]?.values.get('x')).toEqual(sequence([]));
  });
});

describe('a trace of another specification is refused', () => {
  const refusal = (trace: UntypedTrace, spec: Behaviours): string => {
    try {
      typeTrace(trace, spec);
    } catch (error) {
      if (error instanceof TraceError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return 'no error';
  };

  test('by its variables', () => {
    expect(refusal(sample('Stutter'), lasso)).toBe(
      "mismatch: $.vars: the specification's variable who is not in this trace",
    );
    expect(refusal(sample('Lasso'), { ...values, vars: ['x'] })).toBe(
      'mismatch: $.vars[1]: the specification has no variable who',
    );
  });

  test('by a value, whose place is named', () => {
    const other: Behaviours = {
      ...values,
      *successors(state, action) {
        for (const step of values.successors(state, action)) {
          const v = step.values.get('v');
          yield v?.kind === 'record'
            ? { ...step, values: new Map([...step.values, ['v', record([['epoch', int(1)]])]]) }
            : step;
        }
      },
    };
    expect(refusal(sample('Values'), other)).toBe(
      'mismatch: $.states[10].v: no state of the specification agrees with this one',
    );
  });

  test('by an action', () => {
    expect(refusal(sample('Dead'), { ...lasso, vars: ['x'] })).toBe(
      'mismatch: $.states[1].action: the specification allows no step Step here',
    );
  });

  test('by a parameter of an action', () => {
    const other: Behaviours = {
      ...values,
      *successors(state, action) {
        for (const taken of values.successors(state, action)) {
          yield { ...taken, action: { ...taken.action, parameters: new Map([['k', int(0)]]) } };
        }
      },
    };
    expect(refusal(sample('Values'), other)).toBe(
      'mismatch: $.states[1].action.parameters.k: no state of the specification agrees with this one',
    );
  });

  test('by a loop that the specification closes elsewhere', () => {
    const elsewhere: Behaviours = {
      ...lasso,
      successors: (state, action) =>
        action === 'Reset'
          ? [{ action: { name: 'Reset', parameters: new Map() }, values: whoAt(2, 's2') }]
          : lasso.successors(state, action),
    };
    expect(refusal(sample('Lasso'), elsewhere)).toBe(
      'mismatch: $.closing: the specification allows no step Reset back to state 1',
    );
  });

  test('by a loop that the specification does not close', () => {
    const open: Behaviours = {
      ...lasso,
      successors: (state, action) => (action === 'Reset' ? [] : lasso.successors(state, action)),
    };
    expect(refusal(sample('Lasso'), open)).toBe(
      'mismatch: $.closing: the specification allows no step Reset back to state 1',
    );
  });
});

describe("what is no trace in TLC's form is refused in one line that names the place", () => {
  const state = (number: number, x: number): string => `[${number},{"x":${x}}]`;
  const graph = (action: string, states: string): string =>
    `{"counterexample":{"action":[\n${action}],"state":[\n${states}]},"vars":["x"]}`;
  const step = (from: string, to: string): string => `[${from},{"name":"A"},${to}]`;

  test.each([
    [
      'a state that no action leads to',
      graph('', `${state(1, 0)},${state(2, 1)}`),
      '1:29: $.counterexample.action: no action leads to state 2',
    ],
    [
      'a number that stands twice',
      graph('', `${state(1, 0)},\n${state(1, 0)}`),
      '4:1: $.counterexample.state[1]: a second state with the number 1',
    ],
    [
      'an action whose state is another',
      graph(step(state(1, 5), state(2, 1)), `${state(1, 0)},${state(2, 1)}`),
      '2:5: $.counterexample.action[0][0][1]: this state 1 is not the one of the same number under state',
    ],
    [
      'an action that leaps',
      graph(step(state(1, 0), state(3, 2)), `${state(1, 0)},${state(2, 1)},${state(3, 2)}`),
      '2:1: $.counterexample.action[0]: an action from state 1 to state 3 is no step of one behaviour',
    ],
    [
      'a way back from the middle',
      graph(
        `${step(state(1, 0), state(2, 1))},\n${step(state(1, 0), state(1, 0))}`,
        `${state(1, 0)},${state(2, 1)}`,
      ),
      '3:1: $.counterexample.action[1]: an action from state 1 to state 1 is no step of one behaviour',
    ],
    [
      'a state without a variable',
      graph('', '[1,{}]'),
      '3:4: $.counterexample.state[0][1]: the state gives no value for x',
    ],
    [
      'no counterexample',
      '{"vars":[]}',
      '1:1: $.counterexample: expected an object (states and actions), but the key counterexample is missing',
    ],
  ])('%s', (_, text, message) => {
    expect(() => readTlc(text, { file: 't.json' })).toThrow(new RegExp(`^${escape(`t.json:${message}`)}$`));
  });
});

function escape(text: string): string {
  return text.replace(/[$()[\].|*+?^{}\\]/g, '\\$&');
}

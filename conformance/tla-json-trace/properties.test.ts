import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bool,
  compareValues,
  equalInTla,
  fromTyped,
  int,
  map,
  matches,
  model,
  parseJson,
  parsePrinted,
  printValue,
  readItf,
  readTlc,
  record,
  sequence,
  set,
  string,
  TraceError,
  tuple,
  unserializable,
  withoutModels,
  writeItf,
  writeJson,
  writeTlc,
  type JsonValue,
  type Trace,
  type TraceAction,
  type TraceState,
  type TraceValue,
} from './index.ts';

const name = fc.stringMatching(/^[a-z][A-Za-z0-9_]{0,5}$/);
const text = fc.oneof(name, fc.string({ unit: 'binary', maxLength: 6 }));

/** Values without what a form cannot hold; `leaves` says which simple values there are. */
function valuesOf(leaves: fc.Arbitrary<TraceValue>): fc.Arbitrary<TraceValue> {
  return fc.letrec<{ value: TraceValue }>((tie) => {
    const some = fc.array(tie('value'), { maxLength: 3 });
    return {
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaves,
        some.map(tuple),
        some.map(sequence),
        some.map(set),
        fc.array(fc.tuple(name, tie('value')), { maxLength: 3 }).map(record),
        // Keys that TLA+ holds equal cannot both be in the domain of a function.
        fc
          .uniqueArray(fc.tuple(tie('value'), tie('value')), {
            maxLength: 3,
            selector: ([key]) => key,
            comparator: equalInTla,
          })
          .map(map),
      ),
    };
  }).value;
}

const simple = fc.oneof(
  fc.boolean().map(bool),
  fc.bigInt({ max: 1n << 70n, min: -(1n << 70n) }).map(int),
  text.map(string),
);
const itfValue = valuesOf(fc.oneof(simple, text.map(unserializable)));
/** Model values get names that no string here has. */
const tlcValue = valuesOf(
  fc.oneof(
    simple,
    name.map((word) => model(`${word}_M`)),
  ),
);

const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.bigInt(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
})).value;

function tracesOf(value: fc.Arbitrary<TraceValue>): fc.Arbitrary<Trace> {
  const action: fc.Arbitrary<TraceAction> = fc.record(
    {
      name,
      parameters: fc.array(fc.tuple(name, value), { maxLength: 2 }).map((entries) => new Map(entries)),
      place: fc.record({
        module: name,
        beginLine: fc.nat(),
        beginColumn: fc.nat(),
        endLine: fc.nat(),
        endColumn: fc.nat(),
      }),
    },
    { requiredKeys: ['name', 'parameters'] },
  );
  return fc
    .tuple(fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 4 }))
    .chain(([vars, length]) =>
      fc.record({
        vars: fc.constant(vars),
        rows: fc.array(fc.tuple(...vars.map(() => value)), { minLength: length, maxLength: length }),
        actions: fc.array(action, { minLength: length, maxLength: length }),
        loop: fc.option(fc.nat(length - 1)),
        closing: action,
      }),
    )
    .map(({ vars, rows, actions, loop, closing }) => {
      const states = rows.map((row, index): TraceState => {
        const values = new Map(vars.map((variable, column) => [variable, row[column] ?? bool(false)]));
        const led = actions[index];
        return index === 0 || led === undefined ? { values } : { values, action: led };
      });
      const whole = { params: [], vars, states, meta: new Map([['seed', 7n]]) };
      return loop === null ? whole : { ...whole, loop, closing };
    });
}

describe('reading undoes writing', () => {
  test('of JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(parseJson(writeJson(value), { depthMax: 100, digitsMax: 400 })).toEqual(value);
      }),
    );
  });

  test('of a trace in ITF, and the same trace gives the same bytes', () => {
    fc.assert(
      fc.property(tracesOf(itfValue), (trace) => {
        const written = writeItf(trace);
        const read = readItf(written);
        expect(read).toEqual(trace);
        expect(writeItf(read)).toBe(written);
      }),
    );
  });

  test('of a value as TLC prints it, up to what TLA+ holds equal', () => {
    const printable = valuesOf(
      fc.oneof(fc.boolean().map(bool), fc.integer().map(int), text.map(string), name.map(model)),
    );
    fc.assert(
      fc.property(printable, (value) => {
        const read = parsePrinted(printValue(value));
        expect(equalInTla(read, value)).toBe(true);
      }),
    );
  });

  test("of a trace in TLC's form, up to the types that it loses", () => {
    fc.assert(
      fc.property(tracesOf(tlcValue), (trace) => {
        let written: string;
        try {
          written = writeTlc(trace);
        } catch (error) {
          // Two keys of one function may have one text: 1 and "1".
          if (error instanceof TraceError && error.code === 'unwritable') {
            fc.pre(false);
            return;
          }
          throw error;
        }
        const read = readTlc(written);
        expect(read.loop).toBe(trace.loop);
        for (const [index, state] of trace.states.entries()) {
          for (const [variable, value] of state.values) {
            expect(matches(read.states[index]?.values.get(variable) ?? null, value)).toBe(true);
          }
        }
      }),
    );
  });
});

describe('values', () => {
  test('the order of values is total', () => {
    fc.assert(
      fc.property(itfValue, itfValue, itfValue, (a, b, c) => {
        expect(Math.sign(compareValues(a, b))).toBe(-Math.sign(compareValues(b, a)) || 0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) {
          expect(compareValues(a, c)).toBeLessThanOrEqual(0);
        }
        expect(compareValues(a, structuredClone(a))).toBe(0);
      }),
    );
  });

  test('a set in any order matches, and no longer once an element is another', () => {
    const elements = fc.uniqueArray(tlcValue, {
      minLength: 1,
      maxLength: 5,
      comparator: (a, b) => equalInTla(a, b),
    });
    fc.assert(
      fc.property(
        elements.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          let untyped: JsonValue[];
          try {
            untyped = shuffled.map(fromTyped);
          } catch (error) {
            if (error instanceof TraceError) {
              fc.pre(false);
              return;
            }
            throw error;
          }
          expect(matches(untyped, set(list))).toBe(true);
          expect(matches([...untyped.slice(1), 'not in the set at all'], set(list))).toBe(false);
          expect(matches(untyped.slice(1), set(list))).toBe(false);
        },
      ),
    );
  });

  test('a value written without model values has none, and is the same value otherwise', () => {
    fc.assert(
      fc.property(tlcValue, (value) => {
        const plain = withoutModels(value);
        expect(JSON.stringify(plain, replacer)).not.toContain('"model"');
        expect(equalInTla(plain, value)).toBe(true);
      }),
    );
  });
});

function replacer(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Map ? [...(value as Map<unknown, unknown>)] : value; // JSON.stringify skips maps
}

describe('damage is refused, never met with a crash', () => {
  const sources = ['Values', 'Lasso', 'Stutter', 'Dead'].map((sample) =>
    readFileSync(new URL(`testdata/${sample}.trace.json`, import.meta.url)),
  );
  const itf = fc
    .sample(tracesOf(itfValue), { numRuns: 20, seed: 1 })
    .map((trace) => Buffer.from(writeItf(trace)));

  /** Whether the text was read; anything but a TraceError in one line fails the test. */
  function survives(bytes: Buffer): boolean {
    const damaged = bytes.toString('utf8');
    const read = [readItf, readTlc].map((reader) => {
      try {
        reader(damaged, { file: 'damaged.json' });
        return true;
      } catch (error) {
        if (!(error instanceof TraceError)) throw error;
        expect(error.message).toMatch(/^damaged\.json:\d+:\d+: [^\n\r]+$/);
        return false;
      }
    });
    return read.includes(true);
  }

  test('a few bytes changed, taken out or put in', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('change', 'remove', 'insert')), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.constantFrom(...sources, ...itf), damage, (bytes, changes) => {
        let result = bytes;
        for (const [at, byte, kind] of changes) {
          const place = at % result.length;
          const rest = result.subarray(kind === 'insert' ? place : place + 1);
          const put = kind === 'remove' ? [] : [byte];
          result = Buffer.concat([result.subarray(0, place), Buffer.from(put), rest]);
        }
        survives(result);
      }),
      { numRuns: 500 },
    );
  });

  test('a file cut off anywhere is not read', () => {
    for (const bytes of [...sources.slice(1), ...itf]) {
      const whole = bytes.toString('utf8').trimEnd().length;
      for (let length = 0; length < whole; length += 7) {
        expect(survives(Buffer.from(bytes.toString('utf8').slice(0, length)))).toBe(false);
      }
    }
  });
});

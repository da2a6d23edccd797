import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { RECEIVED } from '../replay/binding.ts';
import {
  int,
  map,
  readTraceFile,
  record,
  sequence,
  string,
  TraceError,
  type Trace,
  type TraceValue,
} from '../tla-json-trace/index.ts';
import { runOfFile, runOfTrace, type Journey } from './run-of-trace.ts';
import { messageText } from './wording.ts';

const message = (type: string): TraceValue => record([['type', string(type)]]);

/** What a sent to b, and nothing else. */
const channels = (...sent: string[]): ReadonlyMap<string, TraceValue> => {
  const none = sequence([]);
  const row = (entry: TraceValue): TraceValue =>
    map([
      [string('a'), none],
      [string('b'), entry],
    ]);
  const value = map([
    [string('a'), row(sequence(sent.map(message)))],
    [string('b'), row(none)],
  ]);
  return new Map([['wire', value]]);
};

/** A trace: what is on the way from a to b, then actions with their parameters and what is on the way then. */
function traceOf(start: readonly string[], ...steps: readonly (readonly [string, ...string[]])[][]): Trace {
  return {
    params: [],
    vars: ['wire'],
    meta: new Map(),
    states: [
      { values: channels(...start) },
      ...steps.map(([action = ['?'], after = ['?']]) => {
        const [name, ...parameters] = action;
        const [, ...waiting] = after;
        return {
          values: channels(...waiting),
          action: {
            name,
            parameters: new Map(parameters.map((value, index) => [`p${index}`, string(value)])),
          },
        };
      }),
    ],
  };
}

const told = (journeys: readonly Journey[]): string[] =>
  journeys.map(
    ({ message: sent, sentAt, endedAt, received }) =>
      `${messageText(sent)} ${sentAt}-${endedAt ?? ''} ${received ? 'received' : 'not received'}`,
  );

describe('the messages of a trace', () => {
  it('are received by the action that takes them, and stay on their way until then', () => {
    const trace = traceOf(
      ['X'],
      [
        ['Send', 'a', 'b'],
        ['is', 'X', 'Y', 'X'],
      ],
      [
        ['ReceiveX', 'b', 'a'],
        ['is', 'Y', 'X'],
      ],
    );
    expect(told(runOfTrace(trace, 'test').journeys)).toEqual([
      'X 0-2 received',
      'Y 1- not received',
      'X 1- not received',
    ]);
  });

  it('are lost when the receiver closes, also behind one that it read', () => {
    const closing = traceOf(['X', 'Y'], [['LoseLearner', 'b', 'a'], ['is']]);
    expect(told(runOfTrace(closing, 'test').journeys)).toEqual(['X 0-1 not received', 'Y 0-1 not received']);
    const refusing = traceOf(['X', 'Y'], [['ReceiveX', 'b', 'a'], ['is']]);
    expect(told(runOfTrace(refusing, 'test').journeys)).toEqual(['X 0-1 received', 'Y 0-1 not received']);
  });

  it('are two when one takes the place of the other', () => {
    const superseding = traceOf(
      ['X'],
      [
        ['Send', 'a', 'b'],
        ['is', 'Y'],
      ],
    );
    expect(told(runOfTrace(superseding, 'test').journeys)).toEqual([
      'X 0-1 not received',
      'Y 1- not received',
    ]);
  });

  it('are one read and one sent when the receiver of a message is sent the same again', () => {
    const again = traceOf(
      ['X'],
      [
        ['ReceiveX', 'b', 'a'],
        ['is', 'X'],
      ],
    );
    expect(told(runOfTrace(again, 'test').journeys)).toEqual(['X 0-1 received', 'X 1- not received']);
  });
});

describe('a trace with nobody to draw', () => {
  it('is refused by name', () => {
    const trace: Trace = {
      params: [],
      vars: ['x'],
      meta: new Map(),
      states: [{ values: new Map([['x', int(1)]]) }],
    };
    expect(() => runOfTrace(trace, 'x.itf.json')).toThrow(TraceError);
    expect(() => runOfTrace(trace, 'x.itf.json')).toThrow(/^x\.itf\.json: no variable of the trace/);
  });
});

describe('the corpus', () => {
  const folder = fileURLToPath(new URL('../../traces/', import.meta.url));
  const files = readdirSync(folder).filter((name) => /^(?!walk-).*[.]itf[.]json$|^walk-pair-1/.test(name));

  it.each(files)(
    '%s: every Receive… step reads the message that it is named after, and no other step does',
    (name) => {
      const run = runOfFile(readTraceFile(`${folder}${name}`), name);
      for (const [index, step] of run.steps.entries()) {
        const read = run.journeys.filter(({ endedAt, received }) => received && endedAt === index + 1);
        const expected = RECEIVED[step.action];
        expect(read.map(({ message: sent }) => messageText(sent).split(' ')[0])).toEqual(
          expected === undefined ? [] : [expected],
        );
        expect(read.every(({ to, from }) => to === step.server && step.parameters[1] === from)).toBe(true);
      }
    },
  );
});

import { describe, expect, test } from 'vitest';
import {
  int,
  map,
  model,
  readItf,
  record,
  sequence,
  set,
  string,
  TraceError,
  tuple,
  writeItf,
  type Trace,
} from './index.ts';

const trace: Trace = {
  params: [],
  vars: ['x', 'log'],
  states: [
    {
      values: new Map([
        ['x', int(0)],
        ['log', sequence([])],
      ]),
    },
    {
      values: new Map([
        ['x', set([int(2), int(-1), int(10)])],
        [
          'log',
          map([
            [string('b'), tuple([int(1)])],
            [string('a'), record([['zxid', int(1)]])],
          ]),
        ],
      ]),
      action: {
        name: 'Append',
        parameters: new Map([
          ['s', string('s2')],
          ['k', int(1)],
        ]),
        place: { module: 'Log', beginLine: 3, beginColumn: 1, endLine: 4, endColumn: 9 },
      },
    },
  ],
  loop: 0,
  closing: { name: 'Reset', parameters: new Map() },
  meta: new Map([['source', 'Log.tla']]),
};

const written = `{"#meta":{"format":"ITF","format-description":"https://apalache-mc.org/docs/adr/015adr-trace.html","closing":{"action":"Reset"},"source":"Log.tla"},
"vars":["x","log"],
"states":[
{"#meta":{"index":0},"x":{"#bigint":"0"},"log":[]},
{"#meta":{"index":1,"action":"Append","parameters":{"s":"s2","k":{"#bigint":"1"}},"place":{"beginLine":3,"beginColumn":1,"endLine":4,"endColumn":9,"module":"Log"}},"x":{"#set":[{"#bigint":"-1"},{"#bigint":"2"},{"#bigint":"10"}]},"log":{"#map":[["a",{"zxid":{"#bigint":"1"}}],["b",{"#tup":[{"#bigint":"1"}]}]]}}
],
"loop":0}
`;

describe('ITF', () => {
  test('is written one state a line, in a fixed order', () => {
    expect(writeItf(trace)).toBe(written);
  });

  test('is read back as it was written', () => {
    expect(readItf(written)).toEqual(trace);
  });
});

function messageOf(text: string): string {
  try {
    readItf(text, { file: 'a.itf.json' });
  } catch (error) {
    if (error instanceof TraceError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

describe('what is no ITF trace is refused in one line that names the place', () => {
  test.each([
    [
      'nothing',
      '',
      'truncated: a.itf.json:1:1: the file ends where a value should follow; it was cut off, so make it again',
    ],
    [
      'a file cut off',
      written.slice(0, 200),
      'truncated: a.itf.json:4:21: the file ends where a comma or } should follow; it was cut off, so make it again',
    ],
    [
      'another document',
      '{"a": 1}',
      'structure: a.itf.json:1:1: $: expected a trace in the Informal Trace Format: no key states',
    ],
    [
      'a variable without a value',
      '{"vars":["x"],\n "states":[{"x":1},\n  {}]}',
      'structure: a.itf.json:3:3: $.states[1]: the state gives no value for x',
    ],
    [
      'a value that is none, deep inside',
      '{"vars":["x"],\n "states":[{"x":{"#set":[1,\n  {"#tup":[null]}]}}]}',
      'structure: a.itf.json:3:12: $.states[0].x["#set"][1]["#tup"][0]: expected a value, found null',
    ],
    [
      'a loop to nowhere',
      '{"vars":["x"],"states":[{"x":1}],\n"loop": 1}',
      'structure: a.itf.json:2:9: $.loop: expected the index of a state from 0 to 0, found 1',
    ],
    [
      'a key twice',
      '{"vars":["x"],"states":[{"x":1,"x":2}]}',
      'syntax: a.itf.json:1:32: the key "x" stands twice in one object',
    ],
    [
      'something after the end',
      '{"vars":[],"states":[{}]}\n}',
      'syntax: a.itf.json:2:1: expected the end of the file after the document',
    ],
    [
      'a state that says it is another',
      '{"vars":["x"],"states":[{"#meta":{"index":1},"x":1}]}',
      'structure: a.itf.json:1:43: $.states[0]["#meta"].index: the state says it is number 1, but it is number 0',
    ],
    [
      'an action that leads to the first state',
      '{"vars":["x"],"states":[{"#meta":{"action":"Up"},"x":1}]}',
      'structure: a.itf.json:1:44: $.states[0]["#meta"].action: no action can lead to the first state',
    ],
    [
      'a map with one key twice',
      '{"vars":["x"],"states":[{"x":{"#map":[[{"#set":[1,2]},1],[{"#set":[2,1]},2]]}}]}',
      'structure: a.itf.json:1:38: $.states[0].x["#map"]: two entries of the map have the same key',
    ],
    [
      'a variable with a line break in its name',
      '{"vars":["x"],"states":[{"x":1,"y\\nz":2}]}',
      'structure: a.itf.json:1:39: $.states[0]["y\\nz"]: y\\u000az is not in vars',
    ],
    ['too deep a document', '['.repeat(300), 'limit: a.itf.json:1:257: nested more than 256 deep, the limit'],
  ])('%s', (_, text, message) => {
    expect(messageOf(text)).toBe(message);
  });
});

test('too long a text is refused before it is read', () => {
  expect(() => readItf('[[[[', { sizeMax: 3 })).toThrow('4 long, more than 3, the limit');
});

test('what #meta says beside the action is kept, and sorted in writing', () => {
  const meta = '"#meta":{"index":0,"b":{"z":1,"a":[{"y":1,"x":2}]},"a":1}';
  const read = readItf(`{"vars":["x"],"states":[{${meta},"x":1}]}`);
  expect(writeItf(read)).toContain('"#meta":{"index":0,"a":1,"b":{"a":[{"x":2,"y":1}],"z":1}}');
});

test('integers may be JSON numbers, as in the first edition of the format, of any size', () => {
  const read = readItf('{"vars":["x"],"states":[{"x":[7,-90071992547409931]}]}');
  expect(read.states[0]?.values.get('x')).toEqual(sequence([int(7), int(-90071992547409931n)]));
});

describe('what ITF cannot hold is not written', () => {
  const holding = (x: Parameters<typeof set>[0][number]): Trace => ({
    params: [],
    vars: ['x'],
    states: [{ values: new Map([['x', x]]) }],
    meta: new Map(),
  });

  test('a set with a model value and the string of its name', () => {
    expect(() => writeItf(holding(set([model('Nil'), string('Nil')])))).toThrow(
      '$.states[0]: ITF cannot hold a set with a model value and the string of its name',
    );
  });

  test('a record whose field looks like a marker', () => {
    expect(() => writeItf(holding(record([['#set', int(1)]])))).toThrow(
      '$.states[0]: ITF cannot hold a record',
    );
  });

  test('a state without one of the variables', () => {
    expect(() => writeItf({ ...holding(int(1)), vars: ['x', 'y'] })).toThrow(
      '$.states[0]: the state gives no value for y',
    );
  });
});

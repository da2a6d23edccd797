import { describe, expect, test } from 'vitest';
import {
  firstDifference,
  fromTyped,
  int,
  map,
  matches,
  model,
  parseJson,
  parsePrinted,
  printValue,
  record,
  sequence,
  set,
  string,
  TraceError,
  tuple,
  type JsonValue,
} from './index.ts';

function json(text: string): JsonValue {
  return parseJson(text, { depthMax: 20, digitsMax: 20 });
}

describe('a value without types', () => {
  test('matches a set whose elements can be paired in one way only', () => {
    // [] can be either empty one, [[]] only {{}} or {<<>>}: the pairs that come first must be undone.
    const typed = set([set([]), sequence([]), set([sequence([])]), sequence([set([])])]);
    for (const text of ['[[],[[]],[],[[]]]', '[[[]],[],[[]],[]]', '[[],[],[[]],[[]]]']) {
      expect(matches(json(text), typed), text).toBe(true);
    }
    expect(matches(json('[[],[],[],[[]]]'), typed)).toBe(false);
  });

  test('is paired again when a later item needs the partner of an earlier one', () => {
    const loose = tuple([tuple([int(3), int(4)]), set([int(1), int(2)])]);
    const other = tuple([set([int(3), int(4)]), tuple([int(1), int(2)])]);
    // The first item fits both and takes the loose one; the second fits that alone.
    expect(matches(json('[[[3,4],[1,2]],[[3,4],[2,1]]]'), set([loose, other]))).toBe(true);
    expect(matches(json('[[[4,3],[2,1]],[[3,4],[2,1]]]'), set([loose, other]))).toBe(false);
  });

  test('has keys that name sets in any order, and strings and model values alike', () => {
    const typed = map([
      [set([string('a'), string('b')]), int(1)],
      [set([]), int(2)],
    ]);
    expect(matches(json('{"{\\"b\\", \\"a\\"}":1,"{}":2}'), typed)).toBe(true);
    expect(matches(json('{"{b, a}":1,"{}":2}'), typed)).toBe(true);
    expect(firstDifference(json('{"{b, c}":1,"{}":2}'), typed)).toEqual(['{b, c}']);
    expect(firstDifference(json('{"{b, a}":3,"{}":2}'), typed)).toEqual(['{b, a}']);
  });

  test('is [] for every empty function', () => {
    for (const empty of [record([]), map([]), sequence([]), tuple([])]) {
      expect(fromTyped(empty)).toEqual([]);
      expect(matches([], empty)).toBe(true);
      expect(printValue(empty)).toBe('<<>>');
    }
  });

  test('differs at a path', () => {
    const typed = record([['log', sequence([int(1), tuple([int(2), model('Nil')])])]]);
    expect(firstDifference(json('{"log":[1,[2,"Nil"]]}'), typed)).toBeUndefined();
    expect(firstDifference(json('{"log":[1,[2,"None"]]}'), typed)).toEqual(['log', 1, 1]);
    expect(firstDifference(json('{"log":[1]}'), typed)).toEqual(['log']);
    expect(firstDifference(json('{"log":[1,[2,"Nil"]],"x":1}'), typed)).toEqual([]);
    expect(firstDifference(json('{"log":[1.0,[2,"Nil"]]}'), typed)).toEqual(['log', 0]);
  });

  test('cannot have two keys of one text', () => {
    const both = map([
      [int(5), int(1)],
      [string('5'), int(2)],
    ]);
    expect(() => fromTyped(both)).toThrow(TraceError);
  });
});

describe('a value as TLC prints it', () => {
  test.each([
    ['<<1, "a", TRUE>>', tuple([int(1), string('a'), parsePrinted('TRUE')])],
    ['{}', set([])],
    [
      '[a |-> 1, b |-> {s1}]',
      record([
        ['a', int(1)],
        ['b', set([model('s1')])],
      ]),
    ],
    [
      '(0 :> "x" @@ 5 :> "y")',
      map([
        [int(0), string('x')],
        [int(5), string('y')],
      ]),
    ],
    ['<<7>>', map([[int(1), int(7)]])],
    ['"say \\"no\\" \\\\ \\n"', string('say "no" \\ \n')],
    ['-3', int(-3)],
  ])('%s', (text, value) => {
    expect(printValue(value)).toBe(text);
    expect(printValue(parsePrinted(text))).toBe(text);
  });

  test('an interval is read as the set that it is', () => {
    expect(parsePrinted('-1..2')).toEqual(set([-1, 0, 1, 2].map(int)));
    expect(parsePrinted('2..1')).toEqual(set([]));
  });

  test.each([
    '',
    '<<1',
    '{1 2}',
    '[a -> 1]',
    '(1 :> 2',
    '1..9999999999',
    '"open',
    '<<1>> 2',
    '['.repeat(1000),
  ])('not so %j', (text) => {
    expect(() => parsePrinted(text)).toThrow(TraceError);
  });
});

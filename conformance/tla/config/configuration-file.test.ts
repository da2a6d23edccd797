import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { TlaError } from '../errors.ts';
import { parseConfiguration } from './configuration-file.ts';

function complaint(text: string): string {
  try {
    parseConfiguration(text, 'M.cfg');
  } catch (error) {
    if (error instanceof TlaError) return `${error.kind} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('a configuration file', () => {
  it('is read in all its parts', () => {
    const text = `\\* a comment
      SPECIFICATION Spec (* another (* within *) one *)
      CONSTANTS
        N = 3   Name = "a b" Yes = TRUE Empty = {}
        Server = {s1, s2, {3}} Nil = Nil
        Op(1, a) = 7
        Seq <- BoundedSeq  Nat <- [Naturals] Small  A!B <- C
        + <- Plus
      CONSTANT M = m Nothing = [Other] n
      INVARIANTS TypeOK Safe
      INVARIANT Other
      PROPERTIES Live
      CONSTRAINT Bounds
      ACTION_CONSTRAINTS Steps
      SYMMETRY Perms VIEW view ALIAS Shown POSTCONDITION Done
      CHECK_DEADLOCK FALSE`;
    const read = parseConfiguration(text, 'M.cfg');
    expect(read.specification).toEqual({
      name: 'Spec',
      place: { file: 'M.cfg', module: '', line: 2, column: 21, endLine: 2, endColumn: 24 },
    });
    expect(read.constants.map(({ name, arguments: args, value }) => [name, args, value])).toEqual([
      ['N', [], { kind: 'integer', value: 3 }],
      ['Name', [], { kind: 'string', value: 'a b' }],
      ['Yes', [], { kind: 'boolean', value: true }],
      ['Empty', [], { kind: 'set', elements: [] }],
      [
        'Server',
        [],
        {
          kind: 'set',
          elements: [
            { kind: 'model', name: 's1' },
            { kind: 'model', name: 's2' },
            { kind: 'set', elements: [{ kind: 'integer', value: 3 }] },
          ],
        },
      ],
      ['Nil', [], { kind: 'model', name: 'Nil' }],
      [
        'Op',
        [
          { kind: 'integer', value: 1 },
          { kind: 'model', name: 'a' },
        ],
        { kind: 'integer', value: 7 },
      ],
      ['M', [], { kind: 'model', name: 'm' }],
      ['Nothing', [], { kind: 'model', name: 'n' }],
    ]);
    expect(read.constants.map(({ module }) => module).filter(Boolean)).toEqual(['Other']);
    expect(read.replacements.map(({ name, module, replacement }) => [name, module, replacement])).toEqual([
      ['Seq', undefined, 'BoundedSeq'],
      ['Nat', 'Naturals', 'Small'],
      ['A!B', undefined, 'C'],
      ['+', undefined, 'Plus'],
    ]);
    expect(read.invariants.map(({ name }) => name)).toEqual(['TypeOK', 'Safe', 'Other']);
    expect(read.properties.map(({ name }) => name)).toEqual(['Live']);
    expect(read.constraints.map(({ name }) => name)).toEqual(['Bounds']);
    expect(read.actionConstraints.map(({ name }) => name)).toEqual(['Steps']);
    expect([read.symmetry, read.view, read.alias, read.postcondition].map((entry) => entry?.name)).toEqual([
      'Perms',
      'view',
      'Shown',
      'Done',
    ]);
    expect(read.checkDeadlock).toBe(false);
  });

  it.each([
    ['INIT', 'configuration M.cfg:1:1: INIT must be followed by a name'],
    ['INIT A INIT B', 'configuration M.cfg:1:8: INIT stands here a second time'],
    ['SPECIFICATION S\nNEXT N', 'configuration M.cfg:2:6: SPECIFICATION and INIT or NEXT exclude each other'],
    ['Foo', 'configuration M.cfg:1:1: expected a keyword such as SPECIFICATION or CONSTANTS, found "Foo"'],
    ['CONSTANT\n N 3', 'configuration M.cfg:2:4: expected = or <- after N, found "3"'],
    ['CONSTANT N = {1, 2', 'configuration M.cfg:1:18: expected }, found the end of the file'],
    ['CONSTANT N = -1', 'configuration M.cfg:1:14: a negative number is not a value here'],
    ['CONSTANT N = 2147483648', 'configuration M.cfg:1:14: 2147483648 does not fit 32 bits'],
    ['CONSTANT N = "a', 'configuration M.cfg:1:14: this string is never closed'],
    ['INIT A (* never', 'configuration M.cfg:1:8: this comment is never closed'],
    ['CHECK_DEADLOCK maybe', 'configuration M.cfg:1:16: CHECK_DEADLOCK must be followed by TRUE or FALSE'],
    ['_PERIODIC P', 'unsupported M.cfg:1:1: _PERIODIC is not supported'],
    [
      'CONSTANT N(1) = [M] 3',
      'configuration M.cfg:1:10: N is given a value at arguments for one module only',
    ],
  ])('is refused in one line: %j', (text, expected) => {
    expect(complaint(text)).toContain(expected);
    expect(complaint(text)).not.toContain('\n');
  });

  it('is either read or refused with a place, whatever the text', () => {
    const pieces = [
      'CONSTANT',
      'INIT',
      'N',
      '=',
      '<-',
      '{',
      '}',
      '(',
      ')',
      ',',
      '[',
      ']',
      '!',
      '"',
      '1',
      '\\*',
      '(*',
      '\n',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), (words) => {
        const answer = complaint(words.join(' '));
        expect(answer).toMatch(/^accepted$|^\w+ M\.cfg:\d+:\d+: /);
      }),
    );
  });
});

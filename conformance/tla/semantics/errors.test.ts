import { describe, expect, it } from 'vitest';
import { emptyConfiguration } from '../configuration.ts';
import type { Configuration } from '../configuration.ts';
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { State } from '../specification.ts';
import { loadRoot } from './load.ts';

const place: Place = { file: 'M.cfg', module: '', line: 1, column: 1, endLine: 1, endColumn: 1 };

const behaviour: Configuration = {
  ...emptyConfiguration,
  file: 'M.cfg',
  init: { name: 'Init', place },
  next: { name: 'Next', place },
};

/** Loads the module, takes a step, and gives the error as it would be printed. */
async function mistake(lines: readonly string[], configuration = behaviour): Promise<string> {
  const text = ['---- MODULE M ----', 'EXTENDS Integers, Sequences', ...lines, '===='].join('\n');
  try {
    const specification = await loadRoot({ path: 'M.tla', text }, configuration, {});
    const states: State[] = [];
    specification.initialStates((state) => states.push(state));
    for (const state of states) specification.successors(state, () => undefined);
    for (const assumption of specification.assumptions) assumption.holds([]);
    return 'no mistake';
  } catch (error) {
    if (!(error instanceof TlaError)) throw error;
    expect(error.message).not.toContain('\n');
    return `${error.kind}: ${error.message}`;
  }
}

const step = ['VARIABLE x', 'Init == x = 0', "Next == x' = x + 1"];

describe('a mistake in a specification', () => {
  it('is absent from a good one', async () => {
    expect(await mistake(step)).toBe('no mistake');
  });

  const mistakes: [string, string[], string][] = [
    [
      'that does not parse',
      ['VARIABLE x', 'Init == x = 0 )', "Next == x' = x"],
      "syntax: M.tla:4:15: syntax error near ')'",
    ],
    [
      'with operators that need parentheses',
      [...step, 'P == TRUE /\\ FALSE \\/ TRUE'],
      "syntax: M.tla:6:6: '/\\' and '\\/' stand side by side without parentheses",
    ],
    [
      'that uses an unknown name, though nothing uses it',
      [...step, 'Unused == y + 1'],
      'semantic: M.tla:6:11: y is not defined here',
    ],
    [
      'that uses a name before its definition',
      [...step, 'A == B', 'B == 1'],
      'semantic: M.tla:6:6: B is not defined here',
    ],
    [
      'that recurs without saying so',
      [...step, 'R(n) == R(n)'],
      'semantic: M.tla:6:9: R is not defined here',
    ],
    [
      'with a name defined twice',
      [...step, 'A == 1', 'A == 2'],
      'semantic: M.tla:7:1: A is defined already, in line 6; choose another name',
    ],
    [
      'with a name that an extended module defines',
      [...step, 'Len(s) == 1'],
      'semantic: M.tla:6:1: Len is defined already; choose another name',
    ],
    [
      'with a variable declared twice',
      ['VARIABLES x, x', 'Init == x = 0', "Next == x' = x"],
      'semantic: M.tla:3:14: x is defined already; choose another name',
    ],
    [
      'with two parameters of one name',
      [...step, 'F(a, a) == a'],
      'semantic: M.tla:6:6: a has a meaning here already; choose another name',
    ],
    [
      'with a bound name that is a variable',
      [...step, 'A == \\E x \\in {1} : x = 1'],
      'semantic: M.tla:6:9: x has a meaning here already; choose another name',
    ],
    [
      'with a LET that defines what is bound',
      [...step, 'A == {LET y == 1 IN y : y \\in {1}}'],
      'semantic: M.tla:6:11: y has a meaning here already; choose another name',
    ],
    [
      'with endless recursion',
      ['RECURSIVE F(_)', 'F(n) == F(n + 1) + 1', 'VARIABLE x', 'Init == x = F(1)', "Next == x' = x"],
      'evaluation: M.tla:4:9: the recursion is too deep',
    ],
    [
      'with too few arguments',
      [...step, 'F(a, b) == a', 'G == F(1)'],
      'semantic: M.tla:7:6: F takes 2 arguments, not 1',
    ],
    [
      'with a constant that has no value',
      ['CONSTANT N', ...step],
      'configuration: M.tla:3:10: constant N has no value in the model M.cfg',
    ],
    [
      'with a module that does not exist',
      ['I == INSTANCE Nowhere', ...step],
      'semantic: M.tla:3:6: cannot find module Nowhere in .',
    ],
    [
      'with an unsupported module',
      ['R == INSTANCE Reals', ...step],
      'unsupported: M.tla:3:6: module Reals is not evaluated',
    ],
    [
      'with an action that forgets a variable',
      ['VARIABLES x, y', 'Init == x = 0 /\\ y = 0', "Next == x' = 1"],
      'evaluation: M.tla:5:9: action Next gives no next value to y',
    ],
    [
      'with an initial predicate that forgets one',
      ['VARIABLES x, y', 'Init == x = 0', 'Next == UNCHANGED <<x, y>>'],
      'evaluation: M.tla:4:1: the initial predicate gives no value to y',
    ],
    [
      'that adds what cannot be added',
      ['VARIABLE x', 'Init == x = "a"', "Next == x' = x + 1"],
      'evaluation: M.tla:5:14: + needs integers, not a string: "a"',
    ],
    [
      'that leaves 32 bits',
      ['VARIABLE x', 'Init == x = 2147483647', "Next == x' = x + 1"],
      'evaluation: M.tla:5:14: overflow: 2147483647+1 does not fit into 32 bits',
    ],
    [
      'that reads a primed variable too early',
      ['VARIABLE x', 'Init == x = 0', "Next == x' > 0 /\\ x' = 1"],
      'evaluation: M.tla:5:9: ',
    ],
    [
      'with an unbounded quantifier',
      [...step, 'ASSUME \\A v : v = v'],
      'unsupported: M.tla:6:8: a quantifier without a set is not evaluated',
    ],
  ];

  it('is not a name that is bound here and defined later, or bound in two places', async () => {
    const lines = [
      'F(a) == \\E y \\in {a} : y = a',
      'G(a) == \\A y \\in {a} : y = a',
      ...step,
      'y == 1',
      'RECURSIVE H(_)',
      'H(n) == IF n = 0 THEN 0 ELSE H(n - 1)',
    ];
    expect(await mistake(lines)).toBe('no mistake');
  });

  it.each(mistakes)('%s is told in one line with its place', async (_, lines, message) => {
    const told = await mistake(lines);
    expect(told.slice(0, message.length)).toBe(message);
  });

  it('in the configuration is told at its place there', async () => {
    const configuration = { ...behaviour, invariants: [{ name: 'Missing', place: { ...place, line: 7 } }] };
    expect(await mistake(step, configuration)).toBe(
      'configuration: M.cfg:7:1: Missing is not defined in module M',
    );
    const named = { ...behaviour, invariants: [{ name: 'Holds', place }] };
    expect(await mistake([...step, 'THEOREM Holds == x = x'], named)).toBe(
      'configuration: M.cfg:1:1: Holds is not defined in module M',
    );
    const constants = [{ name: 'x', arguments: [], value: { kind: 'integer' as const, value: 1 }, place }];
    expect(await mistake(step, { ...behaviour, constants })).toBe(
      'configuration: M.cfg:1:1: x is a variable; a model cannot give it a value',
    );
  });

  it('in an expression is told at its place in the expression', async () => {
    const told = async (expression: string): Promise<string> => {
      const text = '---- MODULE M ----\nEXTENDS Integers\n====\n';
      const specification = await loadRoot({ path: 'M.tla', text }, emptyConfiguration, {});
      try {
        specification.evaluateConstant(expression);
      } catch (error) {
        if (error instanceof TlaError) return error.message;
        throw error;
      }
      return 'no mistake';
    };
    expect(await told('1 + 2')).toBe('no mistake');
    expect(await told('1 + Foo')).toBe('<expression>:1:5: Foo is not defined');
    expect(await told('1 +')).toBe('<expression>:1:1: the expression is incomplete, or more than one');
    expect(await told('1 ==== 2')).toBe('this is not one expression');
    expect(await told('1\n==== \n---- MODULE X ----')).toBe('this is not one expression');
    expect(await told('1\nAnother == 2')).toBe('this is not one expression');
    expect(await told('(* a *) 1 \\* b')).toBe('no mistake');
    expect(await told('1 + TRUE')).toBe('<expression>:1:1: + needs integers, not a boolean: TRUE');
  });
});

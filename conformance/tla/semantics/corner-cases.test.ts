import { describe, expect, it } from 'vitest';
import { TlaError } from '../errors.ts';
import { evaluateRecorded, recordedExpressions } from '../testmodels/recorded-expressions.ts';
import { prettyFormat } from '../values/pretty.ts';

const cases = recordedExpressions('corner-cases.json');

/** Where we differ from TLC, knowingly: what we answer, and why. */
const differences: Readonly<Record<string, string>> = {
  // Not evaluated yet.
  'SubBag(SetToBag({1}))': 'unsupported',
  // TLC calls it an error; it has a meaning that neither evaluates.
  'CHOOSE x : x = 1': 'unsupported',
  // TLC orders sets that have no end as they stand; nothing needs that.
  'Nat \\in {Nat, Int}': 'evaluation',
  'Nat \\in {Int}': 'evaluation',
  '{Nat, Int}': 'evaluation',
  // TLC has the value, too, and cannot print it.
  'Nat \\cup {1}': '(Nat \\cup {1})',
  'Nat \\ {5}': '(Nat \\ {5})',
  '(Int \\ Nat)': '(Int \\ Nat)',
  // TLC does not look at what it need not look at; these have no meaning.
  '{} \\cup 1': 'evaluation',
  '<<>> \\in Seq(1)': 'evaluation',
};

async function outcome(expression: string): Promise<string> {
  try {
    return prettyFormat(await evaluateRecorded(expression, ' '));
  } catch (error) {
    if (error instanceof TlaError) return error.kind;
    throw error;
  }
}

describe('a corner of the expression language', () => {
  it('has all its cases, and differs from TLC in those listed', () => {
    expect(cases.length).toBe(440);
    const known = new Set(cases.map(({ expr }) => expr));
    expect(Object.keys(differences).filter((expr) => !known.has(expr))).toEqual([]);
  });

  it.each(cases)('$expr', async ({ expr, tlc, value }) => {
    const ours = await outcome(expr);
    const told = differences[expr];
    if (told !== undefined) expect(ours).toBe(told);
    else if (tlc === 'value') expect(ours).toBe(value);
    // Some are refused before they are evaluated, by TLC and here.
    else expect(['evaluation', 'semantic', 'syntax']).toContain(ours);
  });
});

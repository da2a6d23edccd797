import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emptyConfiguration } from '../configuration.ts';
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { prettyFormat } from '../values/pretty.ts';
import { loadRoot } from './load.ts';

/** A constant expression of a corner of the language, with what TLC 2.18 printed. */
interface Case {
  readonly expr: string;
  readonly tlc: 'value' | 'error';
  readonly value?: string;
}

function isCase(item: unknown): item is Case {
  return typeof item === 'object' && item !== null && 'expr' in item && 'tlc' in item;
}

const url = new URL('../testdata/corner-cases.json', import.meta.url);
const parsed: unknown = JSON.parse(readFileSync(url, 'utf8'));
const list: unknown = typeof parsed === 'object' && parsed !== null && 'cases' in parsed ? parsed.cases : [];
const cases = Array.isArray(list) ? list.filter(isCase) : [];

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

const place: Place = { file: 'E.cfg', module: '', line: 1, column: 1, endLine: 1, endColumn: 1 };

async function outcome(expression: string): Promise<string> {
  const text = [
    '---- MODULE E ----',
    'EXTENDS Integers, Sequences, FiniteSets, Bags, TLC',
    'CONSTANTS m1, m2',
    'f == [x \\in 1..3 |-> x]',
    `Value == ${expression}`,
    '====',
  ].join('\n');
  const constants = ['m1', 'm2'].map((name) => ({
    name,
    arguments: [],
    value: { kind: 'model' as const, name },
    place,
  }));
  try {
    const specification = await loadRoot({ path: 'E.tla', text }, { ...emptyConfiguration, constants }, {});
    return prettyFormat(specification.evaluateIn([], 'Value'));
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

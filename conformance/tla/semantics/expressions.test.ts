import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyConfiguration } from '../configuration.ts';
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { format } from '../values/format.ts';
import { loadRoot } from './load.ts';

/** Constant expressions with what TLC makes of them. */
interface Case {
  readonly expr: string;
  readonly tlc: 'value' | 'error';
  readonly value?: string;
  readonly unprintable?: boolean;
}

function isCase(item: unknown): item is Case {
  return typeof item === 'object' && item !== null && 'expr' in item && 'tlc' in item;
}

const url = new URL('../testdata/expressions.json', import.meta.url);
const parsed: unknown = JSON.parse(readFileSync(url, 'utf8'));
const list: unknown = typeof parsed === 'object' && parsed !== null && 'cases' in parsed ? parsed.cases : [];
const cases = Array.isArray(list) ? list.filter(isCase) : [];

const place: Place = { file: 'E.cfg', module: '', line: 1, column: 1, endLine: 1, endColumn: 1 };

/** The module in which TLC evaluated the expressions; they stood on line 6, from column 3 on. */
async function evaluate(expression: string): Promise<string> {
  const text = [
    '---- MODULE E ----',
    'EXTENDS Integers, Sequences, FiniteSets, Bags, TLC',
    'CONSTANTS m1, m2',
    'f == [x \\in 1..3 |-> x]',
    'Value ==',
    `  ${expression}`,
    '====',
  ].join('\n');
  const constants = ['m1', 'm2'].map((name) => ({
    name,
    arguments: [],
    value: { kind: 'model' as const, name },
    place,
  }));
  const specification = await loadRoot({ path: 'E.tla', text }, { ...emptyConfiguration, constants }, {});
  return format(specification.evaluateIn([], 'Value'));
}

async function outcome(expression: string): Promise<{ value: string } | { error: string }> {
  try {
    return { value: await evaluate(expression) };
  } catch (error) {
    if (error instanceof TlaError) return { error: error.kind };
    throw error;
  }
}

describe('constant expressions', () => {
  const results = new Map<string, Awaited<ReturnType<typeof outcome>>>();

  beforeAll(async () => {
    for (const { expr } of cases) results.set(expr, await outcome(expr));
  });

  it('has all 128 cases', () => {
    expect(cases.length).toBe(128);
  });

  it.each(cases)('$expr is what TLC says', ({ expr, tlc, value }) => {
    expect(results.get(expr)).toEqual(tlc === 'value' ? { value } : { error: 'evaluation' });
  });

  it.each(cases.filter((item) => item.tlc === 'value' && item.unprintable !== true))(
    '$expr equals that value by meaning, and no wrong one',
    async ({ expr, value }) => {
      expect(await outcome(`(${expr}) = (${value ?? ''})`)).toEqual({ value: 'TRUE' });
      expect(await outcome(`(${expr}) = (${wrongValue(value ?? '')})`)).not.toEqual({ value: 'TRUE' });
      expect(results.get(expr)).not.toEqual({ value: wrongValue(value ?? '') });
    },
  );
});

/** Another value of the same kind: one number, string, truth value or element changed. */
function wrongValue(right: string): string {
  if (right.includes('TRUE')) return right.replace('TRUE', 'FALSE');
  if (right.includes('FALSE')) return right.replace('FALSE', 'TRUE');
  if (/\d(?=[^"\d]*$)/.test(right))
    return right.replace(/(\d+)([^"\d]*)$/, (_, n: string, rest: string) => `${Number(n) + 1}${rest}`);
  if (/"[^"]*$/.test(right)) return right.replace(/"([^"]*)$/, '_"$1');
  if (right.includes('{}')) return right.replace('{}', '{0}');
  if (right.includes('<<>>')) return right.replace('<<>>', '<<0>>');
  return right === 'Nat' ? 'Int' : 'm2';
}

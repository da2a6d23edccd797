import { beforeAll, describe, expect, it } from 'vitest';
import { TlaError } from '../errors.ts';
import { evaluateRecorded, recordedExpressions } from '../testmodels/recorded-expressions.ts';
import { format } from '../values/format.ts';

const cases = recordedExpressions('expressions.json');

async function outcome(expression: string): Promise<{ value: string } | { error: string }> {
  try {
    return { value: format(await evaluateRecorded(expression, '\n  ')) };
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

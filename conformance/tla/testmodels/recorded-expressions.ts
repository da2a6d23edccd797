/** Constant expressions with what TLC 2.18 made of them, and the module in which it evaluated them. */
import { readFileSync } from 'node:fs';

import { emptyConfiguration } from '../configuration.ts';
import type { Place } from '../errors.ts';
import { loadRoot } from '../semantics/load.ts';
import type { Value } from '../values/value.ts';

export interface RecordedExpression {
  readonly expr: string;
  readonly tlc: 'value' | 'error';
  readonly value?: string;
  /** TLC has the value and cannot print it so that it can be read again. */
  readonly unprintable?: boolean;
}

/** The cases of a file of `testdata`. */
export function recordedExpressions(file: string): readonly RecordedExpression[] {
  const parsed: unknown = JSON.parse(readFileSync(new URL(`../testdata/${file}`, import.meta.url), 'utf8'));
  const list: unknown =
    typeof parsed === 'object' && parsed !== null && 'cases' in parsed ? parsed.cases : [];
  return Array.isArray(list) ? list.filter(isRecorded) : [];
}

function isRecorded(item: unknown): item is RecordedExpression {
  return typeof item === 'object' && item !== null && 'expr' in item && 'tlc' in item;
}

const place: Place = { file: 'E.cfg', module: '', line: 1, column: 1, endLine: 1, endColumn: 1 };

/**
 * Evaluates an expression in that module. `gap` is what stands before it: TLC prints the place of what it does not spell
 * out, so an expression must stand where it stood then.
 */
export async function evaluateRecorded(expression: string, gap: ' ' | '\n  '): Promise<Value> {
  const text = [
    '---- MODULE E ----',
    'EXTENDS Integers, Sequences, FiniteSets, Bags, TLC',
    'CONSTANTS m1, m2',
    'f == [x \\in 1..3 |-> x]',
    `Value ==${gap}${expression}`,
    '====',
  ].join('\n');
  const constants = ['m1', 'm2'].map((name) => ({
    name,
    arguments: [],
    value: { kind: 'model' as const, name },
    place,
  }));
  const specification = await loadRoot({ path: 'E.tla', text }, { ...emptyConfiguration, constants }, {});
  return specification.evaluateIn([], 'Value');
}

import { evaluationError } from '../errors.ts';
import { quote } from '../values/format.ts';
import { integers, naturals } from '../values/lazy-sets.ts';
import { interval } from '../values/sets.ts';
import { describeKind } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import type { NativeOperator } from './native.ts';

function notIntegers(symbol: string, a: Value, b: Value): Error {
  const wrong = typeof a === 'number' ? b : a;
  return evaluationError(`${symbol} needs integers, not ${describeKind(wrong)}: ${quote(wrong)}`);
}

function checked(result: number, symbol: string, a: number, b: number): number {
  if (result > 2147483647 || result < -2147483648) {
    throw evaluationError(`overflow: ${a}${symbol}${b} does not fit into 32 bits`);
  }
  return result;
}

function arithmetic(name: string, compute: (a: number, b: number) => number): NativeOperator {
  return {
    name,
    form: 'binary',
    apply: (a, b) => {
      if (typeof a !== 'number' || typeof b !== 'number') throw notIntegers(name, a, b);
      return compute(a, b);
    },
  };
}

function comparison(name: string, holds: (a: number, b: number) => boolean): NativeOperator {
  return {
    name,
    form: 'binary',
    apply: (a, b) => {
      if (typeof a !== 'number' || typeof b !== 'number') throw notIntegers(name, a, b);
      return holds(a, b);
    },
  };
}

/** `a % b` of TLA+: the result is in `0..b-1`. */
function modulo(a: number, b: number): number {
  if (b <= 0) throw evaluationError(`the second argument of % must be positive, not ${b}`);
  const rest = a % b;
  return rest < 0 ? rest + b : rest + 0;
}

/** `a \div b` of TLA+: rounds down. */
function quotient(a: number, b: number): number {
  if (b === 0) throw evaluationError('the second argument of \\div is 0');
  return checked(Math.floor(a / b) + 0, '\\div', a, b);
}

function power(base: number, exponent: number): number {
  if (exponent < 0) throw evaluationError(`the exponent of ^ must not be negative: ${exponent}`);
  if (base === 0 && exponent === 0) throw evaluationError('0^0 is undefined');
  let result = 1;
  for (let i = 0; i < exponent; i += 1) {
    result = checked(result * base, '^', base, exponent);
    if (result === 0 || (result === 1 && base === 1)) break;
    if (base === -1) return exponent % 2 === 0 ? 1 : -1;
  }
  return result;
}

export const naturalsModule: readonly NativeOperator[] = [
  { name: 'Nat', form: 'constant', value: naturals },
  arithmetic('+', (a, b) => {
    const sum = a + b;
    return sum === (sum | 0) ? sum : checked(sum, '+', a, b);
  }),
  arithmetic('-', (a, b) => {
    const rest = a - b;
    return rest === (rest | 0) ? rest : checked(rest, '-', a, b);
  }),
  arithmetic('*', (a, b) => checked(a * b, '*', a, b) + 0),
  arithmetic('^', power),
  arithmetic('%', modulo),
  arithmetic('\\div', quotient),
  comparison('<', (a, b) => a < b),
  comparison('>', (a, b) => a > b),
  comparison('<=', (a, b) => a <= b),
  comparison('>=', (a, b) => a >= b),
  {
    name: '..',
    form: 'binary',
    apply: (a, b) => {
      if (typeof a !== 'number' || typeof b !== 'number') throw notIntegers('..', a, b);
      return interval(a, b);
    },
  },
];

export const integersModule: readonly NativeOperator[] = [
  ...naturalsModule,
  { name: 'Int', form: 'constant', value: integers },
  {
    name: '-.',
    form: 'unary',
    apply: (a) => {
      if (typeof a !== 'number') throw notIntegers('-', a, 0);
      return checked(0 - a, '-', 0, a);
    },
  },
];

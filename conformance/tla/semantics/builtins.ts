/** The operators of the language itself, which need no module. */
import { TlaError, evaluationError } from '../errors.ts';
import { asBoolean, asSet } from '../modules/collections.ts';
import type { Place } from '../errors.ts';
import type { Application, Expression } from '../syntax/ast.ts';
import { equal } from '../values/equality.ts';
import { domainOf } from '../values/functions.ts';
import { booleans, powerset, strings } from '../values/lazy-sets.ts';
import { bigUnion, contains, difference, intersection, isSubset, union } from '../values/sets.ts';
import { isSet } from '../values/value.ts';
import type { SetValue, Value } from '../values/value.ts';
import { expectBoolean } from './compiler.ts';
import type { Compiler, Context } from './compiler.ts';
import { compileImplication } from './logic.ts';
import { code, literalCode, located, reads } from './machine.ts';
import type { Code } from './machine.ts';
import type { Env } from './scope.ts';

type Binary = (a: Value, b: Value) => Value;
type Unary = (a: Value) => Value;

function set(value: Value, operator: string): SetValue {
  return isSet(value) ? value : asSet(value, operator);
}

const binaryBuiltins: ReadonlyMap<string, Binary> = new Map<string, Binary>([
  ['=', equal],
  ['#', (a, b) => !equal(a, b)],
  ['\\in', (a, b) => contains(set(b, '\\in'), a)],
  ['\\notin', (a, b) => !contains(set(b, '\\notin'), a)],
  ['\\cup', (a, b) => union(set(a, '\\cup'), set(b, '\\cup'))],
  ['\\cap', (a, b) => intersection(set(a, '\\cap'), set(b, '\\cap'))],
  ['\\', (a, b) => difference(set(a, '\\'), set(b, '\\'))],
  ['\\subseteq', (a, b) => isSubset(set(a, '\\subseteq'), set(b, '\\subseteq'))],
  ['<=>', (a, b) => asBoolean(a, '<=>') === asBoolean(b, '<=>')],
]);

const unaryBuiltins: ReadonlyMap<string, Unary> = new Map<string, Unary>([
  ['SUBSET', (a) => powerset(set(a, 'SUBSET'))],
  ['UNION', (a) => bigUnion(set(a, 'UNION'))],
  ['DOMAIN', domainOf],
  ['~', (a) => !asBoolean(a, '~')],
]);

const constantBuiltins: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['BOOLEAN', booleans],
  ['STRING', strings],
]);

const temporal = new Set(['[]', '<>', '~>', '-+->']);
const special: ReadonlyMap<string, number> = new Map([
  ['=>', 2],
  ['/\\', 2],
  ['\\/', 2],
  ["'", 1],
  ['ENABLED', 1],
  ['UNCHANGED', 1],
  ['\\cdot', 2],
  ['[]', 1],
  ['<>', 1],
  ['~>', 2],
  ['-+->', 2],
]);

/** Number of arguments of an operator of the language itself; undefined if it is not one. */
export function builtinArity(name: string): number | undefined {
  if (binaryBuiltins.has(name)) return 2;
  if (unaryBuiltins.has(name)) return 1;
  if (constantBuiltins.has(name)) return 0;
  return special.get(name);
}

/** The operator as a function on values, for use as an argument; undefined if it has no such meaning. */
export function builtinFunction(name: string): ((...args: Value[]) => Value) | undefined {
  const binary = binaryBuiltins.get(name);
  if (binary !== undefined) return (a, b) => binary(given(a), given(b));
  const unary = unaryBuiltins.get(name);
  if (unary !== undefined) return (a) => unary(given(a));
  switch (name) {
    case '/\\':
      return (a, b) => asBoolean(given(a), name) && asBoolean(given(b), name);
    case '\\/':
      return (a, b) => asBoolean(given(a), name) || asBoolean(given(b), name);
    case '=>':
      return (a, b) => !asBoolean(given(a), name) || asBoolean(given(b), name);
    default:
      return undefined;
  }
}

function given(value: Value | undefined): Value {
  if (value === undefined) throw evaluationError('an operator was given too few arguments');
  return value;
}

export function binaryCode(left: Code, right: Code, apply: Binary, place: Place): Code {
  const a = left.run;
  const b = right.run;
  return code(
    (frame) => {
      try {
        return apply(a(frame), b(frame));
      } catch (error) {
        throw located(error, place);
      }
    },
    [left, right],
  );
}

export function unaryCode(operand: Code, apply: Unary, place: Place): Code {
  const { run } = operand;
  return code(
    (frame) => {
      try {
        return apply(run(frame));
      } catch (error) {
        throw located(error, place);
      }
    },
    [operand],
  );
}

/** Compiles the application of a built-in operator; undefined if the name is not one. */
export function compileBuiltin(
  compiler: Compiler,
  node: Application,
  operands: readonly Expression[],
  env: Env,
  context: Context,
): Code | undefined {
  const { name, place } = node;
  const arity = builtinArity(name);
  if (arity === undefined) return undefined;
  const [x, y] = operands;
  const constant = constantBuiltins.get(name);
  if (constant !== undefined) return literalCode(constant);
  if (operands.length !== arity || x === undefined) {
    throw new TlaError('semantic', `${name} takes ${arity} arguments, not ${operands.length}`, place);
  }
  if (temporal.has(name))
    throw new TlaError('unsupported', `the temporal operator ${name} is not evaluated`, place);
  switch (name) {
    case "'":
      if (context.primed) throw new TlaError('semantic', 'a prime inside a prime', place);
      return compiler.compile(x, env, { ...context, primed: true });
    case 'ENABLED':
      if (context.primed) throw new TlaError('unsupported', 'ENABLED below a prime is not evaluated', place);
      return compiler.enabled(x, env, context, place);
    case 'UNCHANGED':
      if (context.primed) throw new TlaError('semantic', 'UNCHANGED below a prime', place);
      return compiler.unchanged(x, env, context, place);
    case '~': {
      const { run, ...operand } = compiler.compile(x, env, context);
      const negated = { run, ...operand };
      return code(
        (frame) => {
          const value = run(frame);
          return typeof value === 'boolean' ? !value : !expectBoolean(value, 'the operand of ~', place);
        },
        [negated],
      );
    }
    default:
      break;
  }
  const unary = unaryBuiltins.get(name);
  if (unary !== undefined) return unaryCode(compiler.compile(x, env, context), unary, place);
  if (y === undefined) throw new TypeError(`${name} is not a binary operator`);
  switch (name) {
    case '=>':
      return compileImplication(compiler.compile(x, env, context), compiler.compile(y, env, context), place);
    case '\\cdot':
      throw new TlaError('unsupported', 'action composition \\cdot is not evaluated', place);
    case '/\\':
    case '\\/':
      return compiler.compile({ kind: name === '/\\' ? 'and' : 'or', place, items: [x, y] }, env, context);
    default:
      break;
  }
  const binary = binaryBuiltins.get(name);
  if (binary === undefined) throw new TypeError(`${name} has no rule`);
  const left = compiler.compile(x, env, context);
  const right = compiler.compile(y, env, context);
  if (name === '=' || name === '#') return equalityCode(left, right, name === '=', place);
  return binaryCode(left, right, binary, place);
}

/** Equality decides most guards, so integers, booleans and shared objects are decided before anything is called. */
function equalityCode(left: Code, right: Code, sought: boolean, place: Place): Code {
  const a = left.run;
  const b = right.run;
  return code(
    (frame) => {
      const x = a(frame);
      const y = b(frame);
      if (typeof x === 'number' && typeof y === 'number') return (x === y) === sought;
      try {
        return equal(x, y) === sought;
      } catch (error) {
        throw located(error, place);
      }
    },
    [left, right],
  );
}

/** A variable, in the state that the context speaks of. */
export function compileVariable(compiler: Compiler, index: number, place: Place, context: Context): Code {
  const { machine } = compiler;
  const free: Code['free'] = new Set();
  return context.primed
    ? {
        run: () => machine.next[index] ?? machine.readNext(index, place),
        reads: reads.next,
        free,
        cheap: true,
      }
    : {
        run: () => machine.current[index] ?? machine.readCurrent(index, place),
        reads: reads.current,
        free,
        cheap: true,
      };
}

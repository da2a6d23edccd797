/**
 * What a next-state relation could do, by its text: the goals that coverage looks for.
 *
 * They are the arms of every IF and CASE and the disjuncts of every `\/` (by list or infix) in the definitions that can be
 * reached from the next-state relation, with the model's replacements made. Nothing has to be evaluated to find them, so
 * what no state ever comes to is found too.
 */
import type { Place } from '../errors.ts';
import type { Application, Argument, Bound, Expression, Junction } from '../syntax/ast.ts';
import { resolve } from './arguments.ts';
import { enterLet } from './bindings.ts';
import { builtinArity } from './builtins.ts';
import { Env } from './scope.ts';
import type { Binding, DefinitionBinding } from './scope.ts';

/**
 * - `if`, `case`: the arm is selected;
 * - `action`: the disjunct, which says something of the next state, has a part in a successor: a step that was generated
 *   went through it;
 * - `guard`: the disjunct decides: in some evaluation it is true and no other disjunct of the same disjunction is, so that
 *   without it the outcome would have been another. A disjunct that cannot be evaluated there is not true.
 */
export type GoalKind = 'if' | 'case' | 'action' | 'guard';

/** One arm or disjunct. */
export interface Goal {
  readonly kind: GoalKind;
  readonly place: Place;
  /** The definition that it stands in. */
  readonly within: string;
  /** Which one it is, from 1, and of how many; for IF, 1 is THEN and 2 is ELSE. */
  readonly position: number;
  readonly of: number;
}

/** The goals, and the first of each expression that has some; the others of that expression follow it. */
export interface GoalMap {
  readonly goals: readonly Goal[];
  readonly firstOf: ReadonlyMap<Expression, number>;
}

/** All goals of a next-state relation, in the order of the text as it is reached. */
export function findGoals(relation: Expression, env: Env, name: string): GoalMap {
  const search = new GoalSearch();
  search.visit(relation, env, name);
  return search;
}

/** Stands for any value that a name is bound to while the text is read. */
const someValue: Binding = { kind: 'value', value: false };

class GoalSearch implements GoalMap {
  readonly goals: Goal[] = [];
  readonly firstOf = new Map<Expression, number>();
  /** Definitions that were looked into, with the scopes in which they were. */
  private readonly entered = new Map<DefinitionBinding['definition'], Set<Env>>();
  private readonly expressions = new Set<Expression>();
  private readonly steps = new Steps();

  visit(node: Expression, env: Env, within: string): void {
    switch (node.kind) {
      case 'number':
      case 'string':
      case 'boolean':
      case 'at':
      case 'unsupported':
        return;
      case 'apply':
        this.application(node, env, within);
        return;
      case 'or':
        this.add(node, node.items, this.steps.speaks(node, env) ? 'action' : 'guard', within);
        this.each(node.items, env, within);
        return;
      case 'and':
      case 'set':
      case 'tuple':
      case 'product':
        this.each(node.items, env, within);
        return;
      case 'forall':
      case 'exists':
      case 'map':
      case 'function':
        this.visit(node.body, this.bound(node.bounds, env, within), within);
        return;
      case 'choose':
      case 'filter':
        this.visit(node.body, this.bound([node.bound], env, within), within);
        return;
      case 'function-set':
        this.each([node.domain, node.range], env, within);
        return;
      case 'call':
        this.each([node.fn, node.argument], env, within);
        return;
      case 'record':
      case 'record-set':
        this.each(
          node.fields.map((field) => field.value),
          env,
          within,
        );
        return;
      case 'field':
        this.visit(node.record, env, within);
        return;
      case 'except':
        this.visit(node.base, env, within);
        for (const update of node.updates) {
          for (const step of update.path) if (step.kind === 'index') this.visit(step.argument, env, within);
          this.visit(update.value, env, within);
        }
        return;
      case 'if':
        this.add(node, [node.then, node.otherwise], 'if', within);
        this.each([node.condition, node.then, node.otherwise], env, within);
        return;
      case 'case': {
        const values = node.arms.map((arm) => arm.value);
        const arms = node.otherwise === undefined ? values : [...values, node.otherwise];
        this.add(node, arms, 'case', within);
        this.each([...node.arms.map((arm) => arm.condition), ...arms], env, within);
        return;
      }
      case 'let':
        this.visit(node.body, enterLet(node.definitions, env, undefined).scope, within);
        return;
      case 'box-step':
      case 'angle-step':
      case 'fairness':
        this.each([node.action, node.subscript], env, within);
        return;
    }
  }

  private each(nodes: readonly Expression[], env: Env, within: string): void {
    for (const node of nodes) this.visit(node, env, within);
  }

  private add(node: Expression, parts: readonly Expression[], kind: GoalKind, within: string): void {
    if (this.firstOf.has(node)) return;
    this.firstOf.set(node, this.goals.length);
    parts.forEach(({ place }, index) => {
      this.goals.push({ kind, place, within, position: index + 1, of: parts.length });
    });
  }

  private bound(bounds: readonly Bound[], env: Env, within: string): Env {
    const inner = new Env(env);
    for (const bound of bounds) this.visit(bound.set, env, within);
    for (const { names } of bounds) for (const name of names) inner.bind(name, someValue);
    return inner;
  }

  private application(node: Application, env: Env, within: string): void {
    for (const argument of node.args) this.argument(argument, env, within);
    for (const { args } of node.qualifiers) {
      for (const argument of args) this.argument(argument, env, within);
    }
    if (node.qualifiers.length === 0 && builtinArity(node.name) !== undefined) return;
    this.follow(resolve(node, env), within);
  }

  private argument(argument: Argument, env: Env, within: string): void {
    switch (argument.kind) {
      case 'operator':
        this.follow(env.lookup(argument.name), within);
        return;
      case 'lambda': {
        const inner = new Env(env);
        for (const { name } of argument.parameters) inner.bind(name, someValue);
        this.visit(argument.body, inner, within);
        return;
      }
      default:
        this.visit(argument, env, within);
    }
  }

  /** Looks into what a name stands for, once. Parameters stand for nothing here: arguments are looked at where they are. */
  private follow(binding: Binding | undefined, within: string): void {
    if (binding?.kind === 'expression') {
      if (this.expressions.has(binding.expression)) return;
      this.expressions.add(binding.expression);
      const definition = binding.functionDefinition;
      const scope = new Env(binding.env);
      if (definition !== undefined) {
        scope.bind(definition.name, someValue);
        this.visit(binding.expression, this.bound(definition.bounds ?? [], scope, within), within);
      } else this.visit(binding.expression, scope, within);
      return;
    }
    if (binding?.kind !== 'definition') return;
    const { definition, env, name } = binding;
    const scopes = this.entered.get(definition) ?? new Set();
    if (scopes.has(env)) return;
    this.entered.set(definition, scopes.add(env));
    const scope = new Env(env);
    for (const parameter of definition.parameters) scope.bind(parameter.name, someValue);
    const bounds = definition.kind === 'definition' ? (definition.bounds ?? []) : [];
    this.visit(definition.body, this.bound(bounds, scope, name), name);
  }
}

/** Tells what speaks of the next state from what speaks of one state alone. */
class Steps {
  private readonly known = new Map<DefinitionBinding['definition'], boolean>();

  /** Does the disjunction mention a prime or UNCHANGED, its definitions included? */
  speaks(node: Junction, env: Env): boolean {
    return this.mentions(node, env);
  }

  private mentions(part: unknown, env: Env): boolean {
    if (Array.isArray(part)) return part.some((item) => this.mentions(item, env));
    if (typeof part !== 'object' || part === null) return false;
    if ('kind' in part && part.kind === 'apply' && 'name' in part && typeof part.name === 'string') {
      if (part.name === "'" || part.name === 'UNCHANGED') return true;
      // Whatever hides the name only makes this err on the side of a step.
      const binding = isApplication(part) ? resolveQuietly(part, env) : undefined;
      if (binding?.kind === 'definition' && this.definition(binding)) return true;
      if (binding?.kind === 'expression' && this.mentions(binding.expression, binding.env)) return true;
    }
    if ('kind' in part && (part.kind === 'box-step' || part.kind === 'angle-step')) return true;
    return Object.entries(part).some(([key, value]) => key !== 'place' && this.mentions(value, env));
  }

  private definition(binding: DefinitionBinding): boolean {
    const known = this.known.get(binding.definition);
    if (known !== undefined) return known;
    // While a recursive definition is being looked into it adds nothing.
    this.known.set(binding.definition, false);
    const answer = this.mentions(binding.definition.body, binding.env);
    this.known.set(binding.definition, answer);
    return answer;
  }
}

function isApplication(part: object): part is Application {
  return 'args' in part && 'qualifiers' in part && 'place' in part;
}

function resolveQuietly(node: Application, env: Env): Binding | undefined {
  if (node.qualifiers.length === 0 && builtinArity(node.name) !== undefined) return undefined;
  try {
    return resolve(node, env);
  } catch {
    // A name bound inside the disjunction, of which `env` knows nothing.
    return undefined;
  }
}

/** Splits a next-state relation into actions, as TLC does, and enumerates successors by action. */
import { TlaError, evaluationError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Action } from '../specification.ts';
import type { Application, Expression } from '../syntax/ast.ts';
import { itemAt } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { resolve } from './arguments.ts';
import { builtinArity } from './builtins.ts';
import { clearingSlots, compileExists } from './choices.ts';
import { compileBounds } from './compiler.ts';
import type { Compiler, Context } from './compiler.ts';
import { Enumerator, enumerationContext } from './enumeration.ts';
import { Frame, Layout, located, reads } from './machine.ts';
import type { Code, Machine, Then } from './machine.ts';
import { enterLet } from './bindings.ts';
import { enterCall, enterExpansion, leaveExpansion } from './calls.ts';
import { Env } from './scope.ts';
import type { DefinitionBinding } from './scope.ts';

/** The definition that is being split, and how its parameters are evaluated. */
interface Named {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly args: readonly Code[];
}

/** A compiled next-state relation. */
export class NextState {
  readonly actions: Action[] = [];
  private readonly machine: Machine;
  private readonly compiler: Compiler;
  private readonly enumerator: Enumerator;
  private readonly layout = new Layout(undefined);
  private readonly run: Then;
  private readonly place: Place;
  /** Set while one action's successors are wanted: the others are passed over. */
  private onlyName: string | undefined;
  private emit: (next: readonly Value[], action: Action, args: readonly Value[]) => void = () => undefined;

  constructor(compiler: Compiler, relation: Expression, env: Env, name: string) {
    this.compiler = compiler;
    this.machine = compiler.machine;
    this.enumerator = new Enumerator(compiler, 'next');
    this.place = relation.place;
    const context = enumerationContext(this.layout, 'next');
    this.run = this.split(relation, env, context, { name, parameters: [], args: [] });
  }

  /** Calls `emit` for every successor that TLC counts as generated. */
  successors(
    state: readonly Value[],
    emit: (next: readonly Value[], action: Action, args: readonly Value[]) => void,
    onlyName?: string,
  ): void {
    const { machine } = this;
    const saved = {
      current: machine.current,
      next: machine.next,
      target: machine.target,
      assigned: machine.assigned,
      emit: this.emit,
      onlyName: this.onlyName,
    };
    machine.current = state;
    machine.target = new Array<Value | undefined>(machine.variables.length).fill(undefined);
    machine.next = machine.target;
    machine.assigned = 0;
    this.emit = emit;
    this.onlyName = onlyName;
    const { coverage } = machine;
    try {
      const frame = new Frame(this.layout.size, undefined);
      if (coverage === undefined) this.run(frame);
      else {
        coverage.during(() => {
          this.run(frame);
        });
      }
    } catch (error) {
      throw located(error, this.place);
    } finally {
      machine.current = saved.current;
      machine.next = saved.next;
      machine.target = saved.target;
      machine.assigned = saved.assigned;
      this.emit = saved.emit;
      this.onlyName = saved.onlyName;
    }
  }

  private split(node: Expression, env: Env, context: Context, named: Named): Then {
    switch (node.kind) {
      case 'or': {
        const { coverage } = this.machine;
        const goal = coverage?.first(node);
        const branches = node.items.map((item, i) => {
          const branch = this.split(item, env, context, named);
          return coverage === undefined || goal === undefined ? branch : coverage.through(goal + i, branch);
        });
        return (frame) => {
          for (let i = 0; i < branches.length; i += 1) itemAt(branches, i)(frame);
        };
      }
      case 'exists': {
        const inner = new Env(env);
        const bounds = compileBounds(this.compiler, node.bounds, env, inner, context);
        return compileExists(bounds, this.split(node.body, inner, context, named));
      }
      case 'let': {
        const { scope, own } = enterLet(node.definitions, env, context.layout);
        return clearingSlots(this.split(node.body, scope, context, named), own);
      }
      case 'apply': {
        const builtin = node.qualifiers.length === 0 && builtinArity(node.name) !== undefined;
        const binding = builtin ? undefined : resolve(node, env);
        if (binding?.kind === 'definition' && isSplittable(binding, node)) {
          return this.splitDefinition(binding, node, env, context);
        }
        return this.leaf(node, env, context, named);
      }
      default:
        return this.leaf(node, env, context, named);
    }
  }

  private splitDefinition(binding: DefinitionBinding, node: Application, env: Env, context: Context): Then {
    const { scope, own } = enterCall(binding, node, env, context);
    const parameters: string[] = [];
    const args: Code[] = [];
    for (const { name, arity } of binding.definition.parameters) {
      if (arity > 0) continue;
      const argument = this.compiler.compile(
        { kind: 'apply', place: node.place, qualifiers: [], name, args: [] },
        scope,
        context,
      );
      // What depends on the successor has no value before the successor has.
      if ((argument.reads & reads.next) !== 0) continue;
      parameters.push(name);
      args.push(argument);
    }
    enterExpansion(binding, node);
    try {
      const body = this.split(binding.definition.body, scope, context, {
        name: binding.name,
        parameters,
        args,
      });
      return clearingSlots(body, own);
    } finally {
      leaveExpansion(binding);
    }
  }

  private leaf(node: Expression, env: Env, context: Context, named: Named): Then {
    const action: Action = {
      index: this.actions.length,
      name: named.name,
      place: node.place,
      parameters: named.parameters,
    };
    this.actions.push(action);
    const { machine } = this;
    const total = machine.variables.length;
    const { args } = named;
    const { coverage } = machine;
    const finish: Then = (frame) => {
      if (machine.assigned < total) throw this.incomplete(action);
      const next = copyComplete(machine.next);
      const values = (): readonly Value[] => args.map((argument) => argument.run(frame));
      if (coverage === undefined) this.emit(next, action, args.length === 0 ? noArguments : values());
      else {
        const given = coverage.trying(values);
        coverage.generated(() => {
          this.emit(next, action, given);
        });
      }
    };
    const enumerate = this.enumerator.compile(node, env, context, finish);
    return (frame) => {
      if (this.onlyName !== undefined && this.onlyName !== action.name) return;
      enumerate(frame);
    };
  }

  private incomplete(action: Action): TlaError {
    const missing = this.machine.variables.filter((_, i) => this.machine.next[i] === undefined);
    return evaluationError(
      `action ${action.name} gives no next value to ${missing.join(', ')}`,
      action.place,
    );
  }
}

const noArguments: readonly Value[] = [];

function isSplittable(binding: DefinitionBinding, node: Application): boolean {
  const { definition } = binding;
  if (binding.recursive || definition.parameters.length !== node.args.length) return false;
  return definition.kind === 'lambda' || definition.bounds === undefined;
}

/** The state that has just been completed, as an array of its own. */
export function copyComplete(target: readonly (Value | undefined)[]): Value[] {
  const state: Value[] = [];
  for (const value of target) {
    if (value === undefined) throw new RangeError('the state is incomplete');
    state.push(value);
  }
  return state;
}

/** Enumerates the initial states. */
export function enumerateInitial(
  compiler: Compiler,
  predicates: readonly { readonly body: Expression; readonly env: Env; readonly place: Place }[],
): (emit: (state: Value[]) => void) => void {
  const layout = new Layout(undefined);
  const { machine } = compiler;
  const total = machine.variables.length;
  let report: (state: Value[]) => void = () => undefined;
  const finish: Then = () => {
    if (machine.assigned < total) {
      const missing = machine.variables.filter((_, i) => machine.target[i] === undefined);
      throw evaluationError(
        `the initial predicate gives no value to ${missing.join(', ')}`,
        predicates[0]?.place,
      );
    }
    report(copyComplete(machine.target));
  };
  const enumerator = new Enumerator(compiler, 'initial');
  const context = enumerationContext(layout, 'initial');
  let run = finish;
  for (let i = predicates.length - 1; i >= 0; i -= 1) {
    const { body, env } = itemAt(predicates, i);
    run =
      i === 0 ? enumerator.compile(body, env, context, run) : enumerator.following(body, env, context, run);
  }
  return (emit) => {
    const saved = { current: machine.current, target: machine.target, assigned: machine.assigned };
    const target = new Array<Value | undefined>(total).fill(undefined);
    machine.current = target;
    machine.target = target;
    machine.assigned = 0;
    report = emit;
    try {
      run(new Frame(layout.size, undefined));
    } finally {
      machine.current = saved.current;
      machine.target = saved.target;
      machine.assigned = saved.assigned;
    }
  };
}

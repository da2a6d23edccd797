/** Splits what a PROPERTY demands, as TLC does: into what initial states, states, steps and behaviours decide. */
import { TlaError } from '../errors.ts';
import { formatRange } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { ActionPredicate, Predicate } from '../specification.ts';
import type { Property, Temporal } from '../temporal.ts';
import type { Application, Expression } from '../syntax/ast.ts';
import { enterLet } from './bindings.ts';
import type { Compiler } from './compiler.ts';
import { choices, isBuiltin, unfolded } from './expansion.ts';
import { stateFormula, stepFormula } from './formulas.ts';
import { level, levelOf } from './level.ts';
import type { Env } from './scope.ts';
import { compileTemporal, wrongStep } from './temporal.ts';

/**
 * Compiles a property. Its parts are named as TLC names them: after the definition whose whole body they are, else by
 * where they stand.
 */
export function compileProperty(
  compiler: Compiler,
  property: { readonly name: string; readonly place: Place },
  body: Expression,
  env: Env,
): Property {
  const parts = new PropertyParts(compiler, property.name);
  parts.visit(property.name, body, env);
  const { initial, invariants, steps, liveness } = parts;
  const [only] = liveness;
  const { name, place } = property;
  const split = { name, place, initial, invariants, steps };
  if (only === undefined) return split;
  if (liveness.length === 1) return { ...split, liveness: only };
  return { ...split, liveness: { kind: 'and', place: body.place, operands: liveness } };
}

class PropertyParts {
  readonly initial: Predicate[] = [];
  readonly invariants: Predicate[] = [];
  readonly steps: ActionPredicate[] = [];
  readonly liveness: Temporal[] = [];
  private readonly compiler: Compiler;
  private readonly property: string;

  constructor(compiler: Compiler, property: string) {
    this.compiler = compiler;
    this.property = property;
  }

  visit(label: string, node: Expression, env: Env): void {
    switch (node.kind) {
      case 'and':
        for (const item of node.items) this.visit(formatRange(item.place), item, env);
        return;
      case 'let':
        this.visit(label, node.body, enterLet(node.definitions, env, undefined).scope);
        return;
      case 'forall': {
        if (levelOf(node, env) < level.behaviour) break;
        const scopes = choices(this.compiler, node, env);
        if (scopes === undefined) break;
        for (const scope of scopes) this.visit(formatRange(node.body.place), node.body, scope);
        return;
      }
      case 'apply': {
        if (isBuiltin(node)) {
          if (node.name === '[]' && this.always(label, node, env)) return;
          break;
        }
        const standing = unfolded(node, env);
        if (standing === undefined) break;
        this.visit(standing.name ?? label, standing.node, standing.env);
        return;
      }
      default:
        break;
    }
    this.whole(label, node, env);
  }

  /** A conjunct that is not taken apart. */
  private whole(label: string, node: Expression, env: Env): void {
    switch (levelOf(node, env)) {
      case level.constant:
      case level.state:
        this.initial.push(this.predicate(label, node, env));
        return;
      case level.step:
        throw new TlaError(
          'semantic',
          `property ${this.property}: an action is not a property; write [][A]_v`,
          node.place,
        );
      case level.behaviour:
        this.liveness.push(compileTemporal(this.compiler, node, env));
        return;
    }
  }

  /** `[][A]_v` and `[]P`; false for anything that only behaviours decide. */
  private always(label: string, node: Application, env: Env): boolean {
    const [operand] = node.args;
    if (operand === undefined || operand.kind === 'lambda' || operand.kind === 'operator') return false;
    const { property } = this;
    if (operand.kind === 'box-step') {
      const holds = stepFormula(this.compiler, operand, env);
      this.steps.push({ name: label, property, place: operand.place, holds });
      return true;
    }
    switch (levelOf(operand, env)) {
      case level.constant:
      case level.state: {
        const bare = operand.kind === 'apply' && operand.args.length === 0 && !isBuiltin(operand);
        this.invariants.push(this.predicate(bare ? nameOf(operand) : label, operand, env));
        return true;
      }
      case level.step:
        throw wrongStep(operand, 'box-step');
      case level.behaviour:
        return false;
    }
  }

  private predicate(name: string, node: Expression, env: Env): Predicate {
    const { place } = node;
    const holds = stateFormula(this.compiler, node, env, name, place);
    return { name, property: this.property, place, holds };
  }
}

function nameOf(node: Application): string {
  return [...node.qualifiers.map((qualifier) => `${qualifier.name}!`), node.name].join('');
}

import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Application, Expression } from '../syntax/ast.ts';
import type { Compiler, Context } from './compiler.ts';
import { compileEnabled } from './enabled.ts';
import {
  compileCase,
  compileChoose,
  compileConditional,
  compileJunction,
  compileQuantifier,
} from './logic.ts';
import { literalCode } from './machine.ts';
import type { Code, Machine } from './machine.ts';
import { compileLet } from './bindings.ts';
import { compileAt, compileBinding, compileName } from './names.ts';
import type { Binding, Env } from './scope.ts';
import { compileUnchanged } from './unchanged.ts';
import { compileFunction } from './functions.ts';
import {
  compileApplication,
  compileExcept,
  compileField,
  compileFilter,
  compileFunctionSet,
  compileMap,
  compileProduct,
  compileRecord,
  compileRecordSet,
  compileSetLiteral,
  compileTuple,
} from './structures.ts';

/** Compiles expressions into closures over one machine. */
export class ExpressionCompiler implements Compiler {
  readonly machine: Machine;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  enabled(action: Expression, env: Env, context: Context, place: Place): Code {
    return compileEnabled(this, action, env, context, place);
  }

  unchanged(expression: Expression, env: Env, context: Context, place: Place): Code {
    return compileUnchanged(this, expression, env, context, place);
  }

  binding(binding: Binding, node: Application, env: Env, context: Context): Code {
    return compileBinding(this, binding, node, env, context);
  }

  compile(node: Expression, env: Env, context: Context): Code {
    switch (node.kind) {
      case 'number':
        return literalCode(node.value);
      case 'string':
        return literalCode(this.machine.interner.string(node.text));
      case 'boolean':
        return literalCode(node.value);
      case 'apply':
        return compileName(this, node, env, context);
      case 'and':
      case 'or':
        return compileJunction(this, node, env, context);
      case 'forall':
      case 'exists':
        return compileQuantifier(this, node, env, context);
      case 'choose':
        return compileChoose(this, node, env, context);
      case 'set':
        return compileSetLiteral(this, node, env, context);
      case 'filter':
        return compileFilter(this, node, env, context);
      case 'map':
        return compileMap(this, node, env, context);
      case 'function':
        return compileFunction(this, node, env, context);
      case 'function-set':
        return compileFunctionSet(this, node, env, context);
      case 'call':
        return compileApplication(this, node, env, context);
      case 'record':
        return compileRecord(this, node, env, context);
      case 'record-set':
        return compileRecordSet(this, node, env, context);
      case 'field':
        return compileField(this, node, env, context);
      case 'except':
        return compileExcept(this, node, env, context);
      case 'at':
        return compileAt(node.place, env, context);
      case 'tuple':
        return compileTuple(this, node, env, context);
      case 'product':
        return compileProduct(this, node, env, context);
      case 'if':
        return compileConditional(this, node, env, context);
      case 'case':
        return compileCase(this, node, env, context);
      case 'let':
        return compileLet(this, node, env, context);
      case 'box-step': {
        const unchanged = unchangedSubscript(node.subscript, node.place);
        return this.compile({ kind: 'or', place: node.place, items: [node.action, unchanged] }, env, context);
      }
      case 'angle-step': {
        const changed: Expression = {
          kind: 'apply',
          place: node.place,
          qualifiers: [],
          name: '~',
          args: [unchangedSubscript(node.subscript, node.place)],
        };
        return this.compile({ kind: 'and', place: node.place, items: [node.action, changed] }, env, context);
      }
      case 'fairness':
        throw new TlaError('unsupported', 'fairness is not evaluated here', node.place);
      case 'unsupported':
        throw new TlaError('unsupported', `${node.what} is not evaluated`, node.place);
    }
  }
}

/** `UNCHANGED v`, as an expression. */
export function unchangedSubscript(subscript: Expression, place: Place): Expression {
  return { kind: 'apply', place, qualifiers: [], name: 'UNCHANGED', args: [subscript] };
}

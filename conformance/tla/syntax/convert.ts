/** From the grammar's tree to our own, which has one form for each thing that can be said in several ways. */
import type { Node } from 'web-tree-sitter';
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type {
  Application,
  Argument,
  Bound,
  Declaration,
  ExceptUpdate,
  Expression,
  InstanceDefinition,
  LetDefinition,
  Module,
  OperatorDefinition,
  Parameter,
  PathStep,
  Qualifier,
  RecursiveDeclaration,
  Substitution,
  Unit,
} from './ast.ts';
import { infixPrecedence, prefixPrecedence, symbolNames } from './operators.ts';
import { placeOf } from './parser.ts';

const notCode = new Set(['comment', 'block_comment']);
const builtinSets: Readonly<Record<string, string>> = {
  string_set: 'STRING',
  boolean_set: 'BOOLEAN',
  nat_number_set: 'Nat',
  int_number_set: 'Int',
  real_number_set: 'Real',
};
const largestInteger = 2147483647;

/** Converts the modules of one file; the root module is the first. */
export function convertFile(root: Node, file: string): Module[] {
  const modules = children(root).filter((node) => node.type === 'module');
  if (modules.length === 0) {
    throw new TlaError('syntax', 'no ---- MODULE … ---- here', placeOf(root, file, ''));
  }
  return modules.map((node) => new Converter(file, fieldText(node, 'name')).module(node));
}

function children(node: Node): Node[] {
  return node.namedChildren.filter((child) => !notCode.has(child.type));
}

function fieldText(node: Node, field: string): string {
  return required(node, field).text;
}

function required(node: Node, field: string): Node {
  const child = node.childForFieldName(field);
  if (child === null) throw new TypeError(`the grammar's ${node.type} has no ${field}`);
  return child;
}

function fieldNodes(node: Node, field: string): Node[] {
  return node.childrenForFieldName(field).filter((child) => child.isNamed && !notCode.has(child.type));
}

class Converter {
  private readonly file: string;
  private readonly moduleName: string;
  private readonly identifiers = new Set<string>();
  private readonly strings = new Set<string>();

  constructor(file: string, moduleName: string) {
    this.file = file;
    this.moduleName = moduleName;
  }

  module(node: Node): Module {
    this.collectIdentifiers(node);
    const units: Unit[] = [];
    const extended: { name: string; place: Place }[] = [];
    for (const child of children(node)) {
      if (child.type === 'extends') {
        for (const name of children(child)) extended.push({ name: name.text, place: this.place(name) });
      } else {
        const unit = this.unit(child);
        if (unit !== undefined) units.push(unit);
      }
    }
    return {
      name: this.moduleName,
      place: this.place(node),
      extends: extended,
      units,
      identifiers: [...this.identifiers],
      strings: [...this.strings],
    };
  }

  private collectIdentifiers(node: Node): void {
    for (const found of node.descendantsOfType(['identifier', 'identifier_ref'])) {
      this.identifiers.add(found.text);
    }
  }

  private place(node: Node): Place {
    return placeOf(node, this.file, this.moduleName);
  }

  private error(node: Node, sentence: string): TlaError {
    return new TlaError('syntax', sentence, this.place(node));
  }

  private unit(node: Node): Unit | undefined {
    switch (node.type) {
      case 'variable_declaration':
        return { kind: 'variables', declarations: children(node).map((child) => this.declaration(child)) };
      case 'constant_declaration':
        return { kind: 'constants', declarations: children(node).map((child) => this.declaration(child)) };
      case 'assumption': {
        const name = node.childForFieldName('name');
        const body = children(node).at(-1);
        if (body === undefined) throw this.error(node, 'ASSUME without an expression');
        return {
          kind: 'assumption',
          ...(name === null ? {} : { name: name.text }),
          body: this.expression(body),
          place: this.place(node),
        };
      }
      case 'module':
        return { kind: 'module', module: new Converter(this.file, fieldText(node, 'name')).module(node) };
      case 'local_definition': {
        const [definition] = children(node);
        return definition === undefined ? undefined : this.definition(definition, true);
      }
      case 'operator_definition':
      case 'function_definition':
      case 'module_definition':
      case 'instance':
      case 'recursive_declaration':
        return this.definition(node, false);
      default:
        // Theorems, proofs, USE and HIDE, separator lines: nothing to evaluate.
        return undefined;
    }
  }

  private declaration(node: Node): Declaration {
    return this.parameter(node);
  }

  private parameter(node: Node): Parameter {
    if (node.type === 'operator_declaration') {
      const arity = children(node).filter((child) => child.type === 'placeholder').length;
      return { name: this.operatorName(required(node, 'name')), arity, place: this.place(node) };
    }
    return { name: node.text, arity: 0, place: this.place(node) };
  }

  /** The canonical name of an identifier or of a (possibly wrapped) operator symbol. */
  private operatorName(node: Node): string {
    if (node.type.endsWith('_op_symbol')) {
      const [symbol] = children(node);
      if (symbol !== undefined) return symbolNames[symbol.type] ?? symbol.text;
    }
    return symbolNames[node.type] ?? builtinSets[node.type] ?? node.text;
  }

  private definition(node: Node, local: boolean): LetDefinition {
    switch (node.type) {
      case 'operator_definition':
        return this.operatorDefinition(node, local);
      case 'function_definition':
        return {
          kind: 'definition',
          name: fieldText(node, 'name'),
          parameters: [],
          bounds: children(node)
            .filter((child) => child.type === 'quantifier_bound')
            .map((child) => this.bound(child)),
          body: this.expression(required(node, 'definition')),
          local,
          place: this.place(node),
        };
      case 'module_definition':
        return this.instance(
          required(node, 'definition'),
          local,
          fieldText(node, 'name'),
          fieldNodes(node, 'parameter').map((child) => this.parameter(child)),
        );
      case 'instance':
        return this.instance(node, local, undefined, []);
      case 'recursive_declaration':
        return this.recursive(node);
      default:
        throw this.error(node, `a definition was expected, not ${node.type}`);
    }
  }

  private operatorDefinition(node: Node, local: boolean): OperatorDefinition {
    return {
      kind: 'definition',
      name: this.definedName(node),
      parameters: fieldNodes(node, 'parameter').map((child) => this.parameter(child)),
      body: this.expression(required(node, 'definition')),
      local,
      place: this.place(node),
    };
  }

  /** `-. a == …` defines the prefix minus, which the grammar calls by the same symbol as the infix one. */
  private definedName(node: Node): string {
    return this.operatorName(required(node, 'name'));
  }

  private recursive(node: Node): RecursiveDeclaration {
    return {
      kind: 'recursive',
      operators: children(node).map((child) => this.parameter(child)),
      place: this.place(node),
    };
  }

  private instance(
    node: Node,
    local: boolean,
    name: string | undefined,
    parameters: readonly Parameter[],
  ): InstanceDefinition {
    const [module, ...substitutions] = children(node);
    if (module === undefined) throw this.error(node, 'INSTANCE without a module');
    return {
      kind: 'instance',
      ...(name === undefined ? {} : { name }),
      parameters,
      module: module.text,
      substitutions: substitutions.map((child) => this.substitution(child)),
      local,
      place: this.place(node),
    };
  }

  private substitution(node: Node): Substitution {
    const [target, , value] = children(node);
    if (target === undefined || value === undefined) throw this.error(node, 'incomplete substitution');
    return { name: this.operatorName(target), value: this.argument(value), place: this.place(node) };
  }

  private argument(node: Node): Argument {
    if (node.type.endsWith('_op_symbol')) {
      return { kind: 'operator', name: this.operatorName(node), place: this.place(node) };
    }
    if (node.type === 'lambda') {
      const parts = children(node);
      const body = parts.pop();
      if (body === undefined) throw this.error(node, 'LAMBDA without a body');
      return {
        kind: 'lambda',
        parameters: parts.filter((part) => part.type === 'identifier').map((part) => this.parameter(part)),
        body: this.expression(body),
        place: this.place(node),
      };
    }
    return this.expression(node);
  }

  private bound(node: Node): Bound {
    const intro = fieldNodes(node, 'intro');
    const [first] = intro;
    const tuple = first?.type === 'tuple_of_identifiers';
    return {
      names: tuple ? this.identifiersIn(first) : intro.map((child) => child.text),
      tuple,
      set: this.expression(required(node, 'set')),
      place: this.place(first ?? node),
    };
  }

  private identifiersIn(tuple: Node): string[] {
    return children(tuple)
      .filter((child) => child.type === 'identifier')
      .map((child) => child.text);
  }

  private bounds(node: Node, field: string): Bound[] {
    return fieldNodes(node, field).map((child) => this.bound(child));
  }

  private apply(
    node: Node,
    name: string,
    args: readonly Argument[],
    qualifiers: readonly Qualifier[] = [],
  ): Application {
    return { kind: 'apply', place: this.place(node), qualifiers, name, args };
  }

  private expressions(nodes: readonly Node[]): Expression[] {
    return nodes.map((child) => this.expression(child));
  }

  private only(node: Node): Expression {
    const [inner] = children(node);
    if (inner === undefined) throw this.error(node, `nothing inside ${node.type}`);
    return this.expression(inner);
  }

  private two(node: Node, skip: readonly string[] = []): [Expression, Expression] {
    const [first, second] = children(node).filter((child) => !skip.includes(child.type));
    if (first === undefined || second === undefined) throw this.error(node, `incomplete ${node.type}`);
    return [this.expression(first), this.expression(second)];
  }

  private unsupported(node: Node, what: string): Expression {
    return { kind: 'unsupported', place: this.place(node), what };
  }

  expression(node: Node): Expression {
    const place = this.place(node);
    switch (node.type) {
      case 'nat_number':
        return this.number(node, Number(node.text));
      case 'binary_number':
        return this.number(node, parseInt(node.text.slice(2), 2));
      case 'octal_number':
        return this.number(node, parseInt(node.text.slice(2), 8));
      case 'hex_number':
        return this.number(node, parseInt(node.text.slice(2), 16));
      case 'real_number':
        return this.unsupported(node, 'a decimal number');
      case 'string': {
        const text = unescapeString(node.text.slice(1, -1));
        this.strings.add(text);
        return { kind: 'string', place, text };
      }
      case 'boolean':
        return { kind: 'boolean', place, value: node.text === 'TRUE' };
      case 'string_set':
      case 'boolean_set':
      case 'nat_number_set':
      case 'int_number_set':
      case 'real_number_set':
        return this.apply(node, builtinSets[node.type] ?? node.text, []);
      case 'parentheses':
        return this.only(node);
      case 'identifier_ref':
      case 'identifier':
        return this.apply(node, node.text, []);
      case 'label':
        return this.expression(required(node, 'expression'));
      case 'bound_op':
        return this.boundOperator(node, []);
      case 'bound_nonfix_op':
        return this.nonfix(node, []);
      case 'prefixed_op':
        return this.prefixed(node);
      case 'bound_prefix_op':
        return this.prefix(node);
      case 'bound_infix_op':
        return this.infix(node);
      case 'bound_postfix_op':
        return this.apply(node, this.operatorName(required(node, 'symbol')), [
          this.expression(required(node, 'lhs')),
        ]);
      case 'conj_list':
      case 'disj_list':
        return {
          kind: node.type === 'conj_list' ? 'and' : 'or',
          place,
          items: children(node).map((item) => {
            const body = children(item).at(-1);
            if (body === undefined) throw this.error(item, 'empty list item');
            return this.expression(body);
          }),
        };
      case 'bounded_quantification':
        return {
          kind: required(node, 'quantifier').type === 'forall' ? 'forall' : 'exists',
          place,
          bounds: this.bounds(node, 'bound'),
          body: this.expression(required(node, 'expression')),
        };
      case 'unbounded_quantification':
        return this.unsupported(node, 'a quantifier without a set');
      case 'choose':
        return this.choose(node);
      case 'finite_set_literal':
        return { kind: 'set', place, items: this.expressions(children(node)) };
      case 'set_filter':
        return {
          kind: 'filter',
          place,
          bound: this.bound(required(node, 'generator')),
          body: this.expression(required(node, 'filter')),
        };
      case 'set_map':
        return {
          kind: 'map',
          place,
          bounds: this.bounds(node, 'generator'),
          body: this.expression(required(node, 'map')),
        };
      case 'function_evaluation': {
        const [fn, ...args] = this.expressions(children(node));
        const [first] = args;
        if (fn === undefined || first === undefined) throw this.error(node, 'incomplete application');
        return {
          kind: 'call',
          place,
          fn,
          argument: args.length === 1 ? first : { kind: 'tuple', place, items: args },
        };
      }
      case 'function_literal': {
        const parts = children(node);
        const body = parts.at(-1);
        if (body === undefined) throw this.error(node, 'function without a body');
        return {
          kind: 'function',
          place,
          bounds: parts.filter((part) => part.type === 'quantifier_bound').map((part) => this.bound(part)),
          body: this.expression(body),
        };
      }
      case 'set_of_functions': {
        const [domain, range] = this.two(node, ['maps_to']);
        return { kind: 'function-set', place, domain, range };
      }
      case 'record_literal':
        return { kind: 'record', place, fields: this.fields(node) };
      case 'set_of_records':
        return { kind: 'record-set', place, fields: this.fields(node) };
      case 'record_value': {
        const [record, field] = children(node);
        if (record === undefined || field === undefined) throw this.error(node, 'incomplete field access');
        return { kind: 'field', place, record: this.expression(record), name: field.text };
      }
      case 'except':
        return {
          kind: 'except',
          place,
          base: this.expression(required(node, 'expr_to_update')),
          updates: children(node)
            .filter((child) => child.type === 'except_update')
            .map((child) => this.update(child)),
        };
      case 'prev_func_val':
        return { kind: 'at', place };
      case 'tuple_literal':
        return {
          kind: 'tuple',
          place,
          items: this.expressions(
            children(node).filter(
              (child) => child.type !== 'langle_bracket' && child.type !== 'rangle_bracket',
            ),
          ),
        };
      case 'step_expr_or_stutter':
      case 'step_expr_no_stutter': {
        const [action, subscript] = this.two(node, ['langle_bracket', 'rangle_bracket_sub']);
        return {
          kind: node.type === 'step_expr_or_stutter' ? 'box-step' : 'angle-step',
          place,
          action,
          subscript,
        };
      }
      case 'fairness': {
        const [subscript, action] = this.two(node);
        return { kind: 'fairness', place, strong: node.text.startsWith('SF_'), subscript, action };
      }
      case 'if_then_else':
        return {
          kind: 'if',
          place,
          condition: this.expression(required(node, 'if')),
          then: this.expression(required(node, 'then')),
          otherwise: this.expression(required(node, 'else')),
        };
      case 'case':
        return this.cases(node);
      case 'let_in':
        return {
          kind: 'let',
          place,
          definitions: fieldNodes(node, 'definitions').map((child) => this.definition(child, false)),
          body: this.expression(required(node, 'expression')),
        };
      case 'subexpression':
      case 'proof_step_ref':
        return this.unsupported(node, 'a reference to a part of a definition');
      default:
        throw this.error(node, `an expression was expected, not ${node.type}`);
    }
  }

  private number(node: Node, value: number): Expression {
    if (value > largestInteger) return this.unsupported(node, 'an integer beyond 32 bits');
    return { kind: 'number', place: this.place(node), value };
  }

  private choose(node: Node): Expression {
    const set = node.childForFieldName('set');
    if (set === null) return this.unsupported(node, 'CHOOSE without a set');
    const intro = required(node, 'intro');
    const tuple = intro.type === 'tuple_of_identifiers';
    return {
      kind: 'choose',
      place: this.place(node),
      bound: {
        names: tuple ? this.identifiersIn(intro) : [intro.text],
        tuple,
        set: this.expression(set),
        place: this.place(intro),
      },
      body: this.expression(required(node, 'expression')),
    };
  }

  private boundOperator(node: Node, qualifiers: readonly Qualifier[]): Application {
    return this.apply(
      node,
      this.operatorName(required(node, 'name')),
      fieldNodes(node, 'parameter').map((child) => this.argument(child)),
      qualifiers,
    );
  }

  private nonfix(node: Node, qualifiers: readonly Qualifier[]): Application {
    const symbol = required(node, 'symbol');
    return this.apply(
      node,
      this.operatorName(symbol),
      children(node)
        .filter((child) => !child.equals(symbol))
        .map((child) => this.expression(child)),
      qualifiers,
    );
  }

  private prefixed(node: Node): Expression {
    const qualifiers: Qualifier[] = [];
    for (const component of children(required(node, 'prefix'))) {
      const [inner] = children(component);
      if (component.type !== 'subexpr_component' || inner === undefined) {
        return this.unsupported(node, 'a reference to a part of a definition');
      }
      qualifiers.push(
        inner.type === 'bound_op'
          ? {
              name: fieldText(inner, 'name'),
              args: fieldNodes(inner, 'parameter').map((child) => this.argument(child)),
            }
          : { name: this.operatorName(inner), args: [] },
      );
    }
    const operator = required(node, 'op');
    const inner =
      operator.type === 'bound_op'
        ? this.boundOperator(operator, qualifiers)
        : operator.type === 'bound_nonfix_op'
          ? this.nonfix(operator, qualifiers)
          : this.apply(operator, this.operatorName(operator), [], qualifiers);
    return { ...inner, place: this.place(node) };
  }

  private prefix(node: Node): Expression {
    const name = this.operatorName(required(node, 'symbol'));
    const operand = this.expression(required(node, 'rhs'));
    if (name === '-.' && operand.kind === 'number') {
      // Written as a literal, so that folding never sees the sum of a literal's parts.
      return { kind: 'number', place: this.place(node), value: -operand.value };
    }
    return this.apply(node, name, [operand]);
  }

  private infix(node: Node): Expression {
    const name = this.operatorName(required(node, 'symbol'));
    const left = required(node, 'lhs');
    const right = required(node, 'rhs');
    this.checkPrecedence(node, name, left, right);
    if (name === '/\\' || name === '\\/') {
      const kind = name === '/\\' ? 'and' : 'or';
      return {
        kind,
        place: this.place(node),
        items: [...this.sameJunction(left, kind), this.expression(right)],
      };
    }
    if (name === '\\X') {
      return {
        kind: 'product',
        place: this.place(node),
        items: [...this.sameProduct(left), this.expression(right)],
      };
    }
    return this.apply(node, name, [this.expression(left), this.expression(right)]);
  }

  private sameJunction(node: Node, kind: 'and' | 'or'): readonly Expression[] {
    const expression = this.expression(node);
    return node.type === 'bound_infix_op' && expression.kind === kind ? expression.items : [expression];
  }

  private sameProduct(node: Node): readonly Expression[] {
    const expression = this.expression(node);
    return node.type === 'bound_infix_op' && expression.kind === 'product' ? expression.items : [expression];
  }

  private checkPrecedence(node: Node, name: string, left: Node, right: Node): void {
    const own = infixPrecedence.get(name);
    if (own === undefined) return;
    for (const [side, operand] of [
      ['left', left],
      ['right', right],
    ] as const) {
      const isPrefix = operand.type === 'bound_prefix_op';
      if (operand.type !== 'bound_infix_op' && !(isPrefix && side === 'left')) continue;
      const inner = this.operatorName(required(operand, 'symbol'));
      const other = (isPrefix ? prefixPrecedence : infixPrecedence).get(inner);
      if (other === undefined || other.high < own.low || own.high < other.low) continue;
      const sameAndLeft =
        side === 'left' &&
        own.leftAssociative &&
        (inner === name ||
          (other.leftAssociative && own.low === own.high && other.low === own.low && !isJunction(name)));
      if (sameAndLeft) continue;
      throw this.error(node, `'${inner}' and '${name}' stand side by side without parentheses`);
    }
  }

  private fields(node: Node): { name: string; value: Expression }[] {
    const parts = children(node).filter((child) => child.type !== 'all_map_to');
    const fields: { name: string; value: Expression }[] = [];
    for (let i = 0; i + 1 < parts.length; i += 2) {
      const name = parts[i];
      const value = parts[i + 1];
      if (name !== undefined && value !== undefined)
        fields.push({ name: name.text, value: this.expression(value) });
    }
    return fields;
  }

  private update(node: Node): ExceptUpdate {
    const [specifier] = children(required(node, 'update_specifier').type === '!' ? node : node).filter(
      (child) => child.type === 'except_update_specifier',
    );
    if (specifier === undefined) throw this.error(node, 'EXCEPT without a path');
    const path: PathStep[] = children(specifier).map((step) => {
      const parts = children(step);
      const [first] = parts;
      if (first === undefined) throw this.error(step, 'empty step in EXCEPT');
      if (step.type === 'except_update_record_field') return { kind: 'field', name: first.text };
      return {
        kind: 'index',
        argument:
          parts.length === 1
            ? this.expression(first)
            : { kind: 'tuple', place: this.place(step), items: this.expressions(parts) },
      };
    });
    return { path, value: this.expression(required(node, 'new_val')) };
  }

  private cases(node: Node): Expression {
    const arms: { condition: Expression; value: Expression }[] = [];
    let otherwise: Expression | undefined;
    for (const child of children(node)) {
      if (child.type === 'case_arm') {
        const [condition, value] = this.two(child, ['case_arrow']);
        arms.push({ condition, value });
      } else if (child.type === 'other_arm') {
        const value = children(child).at(-1);
        if (value !== undefined) otherwise = this.expression(value);
      }
    }
    return { kind: 'case', place: this.place(node), arms, ...(otherwise === undefined ? {} : { otherwise }) };
  }
}

function isJunction(name: string): boolean {
  return name === '/\\' || name === '\\/';
}

const unescapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' };

function unescapeString(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => unescapes[character] ?? character);
}

/** Expressions: what the grammar writes in several ways becomes one form. */
import type { Node } from 'web-tree-sitter';
import { Applications } from './applications.ts';
import type { Bound, ExceptUpdate, Expression, LetDefinition, PathStep } from './ast.ts';
import { builtinSets, children, fieldNodes, operatorName, required, type ModuleText } from './tree.ts';

const largestInteger = 2147483647;

export class Expressions {
  readonly applications: Applications;
  private readonly text: ModuleText;
  private readonly definition: (node: Node) => LetDefinition;

  /** @param definition converts a definition of LET */
  constructor(text: ModuleText, definition: (node: Node) => LetDefinition) {
    this.text = text;
    this.definition = definition;
    this.applications = new Applications(text, (node) => this.expression(node));
  }

  expression(node: Node): Expression {
    const place = this.text.place(node);
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
        return this.text.unsupported(node, 'a decimal number');
      case 'string':
        return { kind: 'string', place, text: this.text.string(node) };
      case 'boolean':
        return { kind: 'boolean', place, value: node.text === 'TRUE' };
      case 'string_set':
      case 'boolean_set':
      case 'nat_number_set':
      case 'int_number_set':
      case 'real_number_set':
        return this.applications.apply(node, builtinSets[node.type] ?? node.text, []);
      case 'parentheses':
        return this.only(node);
      case 'identifier_ref':
      case 'identifier':
        return this.applications.apply(node, node.text, []);
      case 'label':
        return this.expression(required(node, 'expression'));
      case 'bound_op':
        return this.applications.boundOperator(node, []);
      case 'bound_nonfix_op':
        return this.applications.nonfix(node, []);
      case 'prefixed_op':
        return this.applications.prefixed(node);
      case 'bound_prefix_op':
        return this.applications.prefix(node);
      case 'bound_infix_op':
        return this.applications.infix(node);
      case 'bound_postfix_op':
        return this.applications.apply(node, operatorName(required(node, 'symbol')), [
          this.expression(required(node, 'lhs')),
        ]);
      case 'conj_list':
      case 'disj_list':
        return {
          kind: node.type === 'conj_list' ? 'and' : 'or',
          place,
          items: children(node).map((item) => {
            const body = children(item).at(-1);
            if (body === undefined) throw this.text.error(item, 'empty list item');
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
        return this.text.unsupported(node, 'a quantifier without a set');
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
        if (fn === undefined || first === undefined) throw this.text.error(node, 'incomplete application');
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
        if (body === undefined) throw this.text.error(node, 'function without a body');
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
        if (record === undefined || field === undefined)
          throw this.text.error(node, 'incomplete field access');
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
          definitions: fieldNodes(node, 'definitions').map((child) => this.definition(child)),
          body: this.expression(required(node, 'expression')),
        };
      case 'subexpression':
      case 'proof_step_ref':
        return this.text.unsupported(node, 'a reference to a part of a definition');
      default:
        throw this.text.error(node, `an expression was expected, not ${node.type}`);
    }
  }

  private number(node: Node, value: number): Expression {
    if (value > largestInteger) return this.text.unsupported(node, 'an integer beyond 32 bits');
    return { kind: 'number', place: this.text.place(node), value };
  }

  private choose(node: Node): Expression {
    const set = node.childForFieldName('set');
    if (set === null) return this.text.unsupported(node, 'CHOOSE without a set');
    const intro = required(node, 'intro');
    const tuple = intro.type === 'tuple_of_identifiers';
    return {
      kind: 'choose',
      place: this.text.place(node),
      bound: {
        names: tuple ? this.identifiersIn(intro) : [intro.text],
        tuple,
        set: this.expression(set),
        place: this.text.place(intro),
      },
      body: this.expression(required(node, 'expression')),
    };
  }

  bound(node: Node): Bound {
    const intro = fieldNodes(node, 'intro');
    const [first] = intro;
    const tuple = first?.type === 'tuple_of_identifiers';
    return {
      names: tuple ? this.identifiersIn(first) : intro.map((child) => child.text),
      tuple,
      set: this.expression(required(node, 'set')),
      place: this.text.place(first ?? node),
    };
  }

  private bounds(node: Node, field: string): Bound[] {
    return fieldNodes(node, field).map((child) => this.bound(child));
  }

  private identifiersIn(tuple: Node): string[] {
    return children(tuple)
      .filter((child) => child.type === 'identifier')
      .map((child) => child.text);
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
    const specifier = children(node).find((child) => child.type === 'except_update_specifier');
    if (specifier === undefined) throw this.text.error(node, 'EXCEPT without a path');
    const path: PathStep[] = children(specifier).map((step) => {
      const parts = children(step);
      const [first] = parts;
      if (first === undefined) throw this.text.error(step, 'empty step in EXCEPT');
      if (step.type === 'except_update_record_field') return { kind: 'field', name: first.text };
      return {
        kind: 'index',
        argument:
          parts.length === 1
            ? this.expression(first)
            : { kind: 'tuple', place: this.text.place(step), items: this.expressions(parts) },
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
    return {
      kind: 'case',
      place: this.text.place(node),
      arms,
      ...(otherwise === undefined ? {} : { otherwise }),
    };
  }

  private expressions(nodes: readonly Node[]): Expression[] {
    return nodes.map((child) => this.expression(child));
  }

  private only(node: Node): Expression {
    const [inner] = children(node);
    if (inner === undefined) throw this.text.error(node, `nothing inside ${node.type}`);
    return this.expression(inner);
  }

  private two(node: Node, skip: readonly string[] = []): [Expression, Expression] {
    const [first, second] = children(node).filter((child) => !skip.includes(child.type));
    if (first === undefined || second === undefined) throw this.text.error(node, `incomplete ${node.type}`);
    return [this.expression(first), this.expression(second)];
  }
}

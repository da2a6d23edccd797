/** Operators applied to arguments, in all the forms in which that is written. */
import type { Node } from 'web-tree-sitter';
import type { Application, Argument, Expression, Qualifier } from './ast.ts';
import { infixPrecedence, prefixPrecedence } from './operators.ts';
import { children, fieldNodes, fieldText, operatorName, required, type ModuleText } from './tree.ts';

export class Applications {
  private readonly text: ModuleText;
  private readonly expression: (node: Node) => Expression;

  /** @param expression converts what an operator is applied to */
  constructor(text: ModuleText, expression: (node: Node) => Expression) {
    this.text = text;
    this.expression = expression;
  }

  argument(node: Node): Argument {
    if (node.type.endsWith('_op_symbol')) {
      return { kind: 'operator', name: operatorName(node), place: this.text.place(node) };
    }
    if (node.type === 'lambda') {
      const parts = children(node);
      const body = parts.pop();
      if (body === undefined) throw this.text.error(node, 'LAMBDA without a body');
      return {
        kind: 'lambda',
        parameters: parts
          .filter((part) => part.type === 'identifier')
          .map((part) => this.text.parameter(part)),
        body: this.expression(body),
        place: this.text.place(node),
      };
    }
    return this.expression(node);
  }

  apply(
    node: Node,
    name: string,
    args: readonly Argument[],
    qualifiers: readonly Qualifier[] = [],
  ): Application {
    return { kind: 'apply', place: this.text.place(node), qualifiers, name, args };
  }

  boundOperator(node: Node, qualifiers: readonly Qualifier[]): Application {
    return this.apply(
      node,
      operatorName(required(node, 'name')),
      fieldNodes(node, 'parameter').map((child) => this.argument(child)),
      qualifiers,
    );
  }

  nonfix(node: Node, qualifiers: readonly Qualifier[]): Application {
    const symbol = required(node, 'symbol');
    return this.apply(
      node,
      operatorName(symbol),
      children(node)
        .filter((child) => !child.equals(symbol))
        .map((child) => this.expression(child)),
      qualifiers,
    );
  }

  prefixed(node: Node): Expression {
    const qualifiers: Qualifier[] = [];
    for (const component of children(required(node, 'prefix'))) {
      const [inner] = children(component);
      if (component.type !== 'subexpr_component' || inner === undefined) {
        return this.text.unsupported(node, 'a reference to a part of a definition');
      }
      qualifiers.push(
        inner.type === 'bound_op'
          ? {
              name: fieldText(inner, 'name'),
              args: fieldNodes(inner, 'parameter').map((child) => this.argument(child)),
            }
          : { name: operatorName(inner), args: [] },
      );
    }
    const operator = required(node, 'op');
    const inner =
      operator.type === 'bound_op'
        ? this.boundOperator(operator, qualifiers)
        : operator.type === 'bound_nonfix_op'
          ? this.nonfix(operator, qualifiers)
          : this.apply(operator, operatorName(operator), [], qualifiers);
    return { ...inner, place: this.text.place(node) };
  }

  prefix(node: Node): Expression {
    const name = operatorName(required(node, 'symbol'));
    const operand = this.expression(required(node, 'rhs'));
    if (name === '-.' && operand.kind === 'number') {
      // Written as a literal, so that folding never sees the sum of a literal's parts.
      return { kind: 'number', place: this.text.place(node), value: -operand.value };
    }
    return this.apply(node, name, [operand]);
  }

  infix(node: Node): Expression {
    const name = operatorName(required(node, 'symbol'));
    const left = required(node, 'lhs');
    const right = required(node, 'rhs');
    this.checkPrecedence(node, name, left, right);
    if (name === '/\\' || name === '\\/') {
      const kind = name === '/\\' ? 'and' : 'or';
      return {
        kind,
        place: this.text.place(node),
        items: [...this.sameJunction(left, kind), this.expression(right)],
      };
    }
    if (name === '\\X') {
      return {
        kind: 'product',
        place: this.text.place(node),
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
      const inner = operatorName(required(operand, 'symbol'));
      const other = (isPrefix ? prefixPrecedence : infixPrecedence).get(inner);
      if (other === undefined || other.high < own.low || own.high < other.low) continue;
      const sameAndLeft =
        side === 'left' &&
        own.leftAssociative &&
        (inner === name ||
          (other.leftAssociative && own.low === own.high && other.low === own.low && !isJunction(name)));
      if (sameAndLeft) continue;
      throw this.text.error(node, `'${inner}' and '${name}' stand side by side without parentheses`);
    }
  }
}

function isJunction(name: string): boolean {
  return name === '/\\' || name === '\\/';
}

/** Access to the grammar's tree, and what is made of any of its nodes. */
import type { Node } from 'web-tree-sitter';
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Expression, Parameter } from './ast.ts';
import { symbolNames } from './operators.ts';
import { placeOf } from './parser.ts';

const notCode = new Set(['comment', 'block_comment']);

/** Grammar's node type of a set that is built in -> its name. */
export const builtinSets: Readonly<Record<string, string>> = {
  string_set: 'STRING',
  boolean_set: 'BOOLEAN',
  nat_number_set: 'Nat',
  int_number_set: 'Int',
  real_number_set: 'Real',
};

export function children(node: Node): Node[] {
  return node.namedChildren.filter((child) => !notCode.has(child.type));
}

export function fieldText(node: Node, field: string): string {
  return required(node, field).text;
}

export function required(node: Node, field: string): Node {
  const child = node.childForFieldName(field);
  if (child === null) throw new TypeError(`the grammar's ${node.type} has no ${field}`);
  return child;
}

export function fieldNodes(node: Node, field: string): Node[] {
  return node.childrenForFieldName(field).filter((child) => child.isNamed && !notCode.has(child.type));
}

/** The canonical name of an identifier or of a (possibly wrapped) operator symbol. */
export function operatorName(node: Node): string {
  if (node.type.endsWith('_op_symbol')) {
    const [symbol] = children(node);
    if (symbol !== undefined) return symbolNames[symbol.type] ?? symbol.text;
  }
  return symbolNames[node.type] ?? builtinSets[node.type] ?? node.text;
}

/** The text of one module, to which places point. */
export class ModuleText {
  readonly file: string;
  readonly moduleName: string;
  /** The string literals met so far, in the order of the text. */
  readonly strings = new Set<string>();

  constructor(file: string, moduleName: string) {
    this.file = file;
    this.moduleName = moduleName;
  }

  place(node: Node): Place {
    return placeOf(node, this.file, this.moduleName);
  }

  error(node: Node, sentence: string): TlaError {
    return new TlaError('syntax', sentence, this.place(node));
  }

  unsupported(node: Node, what: string): Expression {
    return { kind: 'unsupported', place: this.place(node), what };
  }

  /** The text that a string literal stands for. */
  string(node: Node): string {
    const text = unescapeString(node.text.slice(1, -1));
    this.strings.add(text);
    return text;
  }

  parameter(node: Node): Parameter {
    if (node.type === 'operator_declaration') {
      const arity = children(node).filter((child) => child.type === 'placeholder').length;
      return { name: operatorName(required(node, 'name')), arity, place: this.place(node) };
    }
    return { name: node.text, arity: 0, place: this.place(node) };
  }
}

const unescapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' };

function unescapeString(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => unescapes[character] ?? character);
}

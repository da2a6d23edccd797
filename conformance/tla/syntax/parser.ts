import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';
import type { Node, Tree } from 'web-tree-sitter';
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';

const comments = new Set(['comment', 'block_comment']);

let loading: Promise<Parser> | undefined;

async function loadParser(): Promise<Parser> {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve(
    '@tlaplus/tree-sitter-tlaplus/tree-sitter-tlaplus.wasm',
  );
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return parser;
}

/** Loads the grammar once; afterwards `parseText` works. */
export async function grammarLoaded(): Promise<Grammar> {
  loading ??= loadParser();
  return new Grammar(await loading);
}

/** The official grammar, ready to parse. */
export class Grammar {
  private readonly parser: Parser;

  constructor(parser: Parser) {
    this.parser = parser;
  }

  /** The syntax tree of a module; raises a syntax error at the first thing the grammar does not accept. */
  parse(text: string, file: string): Tree {
    const tree = this.parser.parse(text);
    if (tree === null) throw new TlaError('syntax', 'the grammar gave up on this text');
    if (tree.rootNode.hasError) {
      const { sentence, place } = describeError(tree.rootNode, text, file);
      tree.delete();
      throw new TlaError('syntax', sentence, place);
    }
    return tree;
  }
}

/** Where a tree is deepest: found without recursion, for a tree that is too deep for it. */
export function deepestPlace(tree: Tree, file: string): Place {
  const cursor = tree.walk();
  let depth = 0;
  let deepest = { depth: -1, position: cursor.startPosition };
  for (;;) {
    if (depth > deepest.depth) deepest = { depth, position: cursor.startPosition };
    if (cursor.gotoFirstChild()) {
      depth += 1;
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) {
        cursor.delete();
        const line = deepest.position.row + 1;
        const column = deepest.position.column + 1;
        return { file, module: '', line, column, endLine: line, endColumn: column };
      }
      depth -= 1;
    }
  }
}

/** The range of a node as TLC counts it: 1-based, both ends included. Columns count UTF-16 units. */
export function placeOf(node: Node, file: string, module: string): Place {
  const end = lastToken(node).endPosition;
  return {
    file,
    module,
    line: node.startPosition.row + 1,
    column: node.startPosition.column + 1,
    endLine: end.row + 1,
    endColumn: Math.max(end.column, 1),
  };
}

/** The last token with a text: an aligned list ends, for the grammar, where the next thing begins. */
function lastToken(node: Node): Node {
  for (let i = node.childCount - 1; i >= 0; i -= 1) {
    const child = node.child(i);
    if (child !== null && child.endIndex > child.startIndex && !comments.has(child.type))
      return lastToken(child);
  }
  return node;
}

function describeError(root: Node, text: string, file: string): { sentence: string; place: Place } {
  const found = firstError(root) ?? root;
  const place = placeOf(found, file, '');
  if (found.isMissing) {
    return { sentence: `'${found.type}' is missing here`, place };
  }
  if (!/-{4,}\s*MODULE\b/.test(text)) {
    return {
      sentence: 'no ---- MODULE … ---- in this file',
      place: { ...place, line: 1, column: 1, endLine: 1, endColumn: 1 },
    };
  }
  if (!/====\s*/.test(text)) {
    const lines = text.split('\n');
    return {
      sentence: 'the module has no end: a line ==== is missing',
      place: { ...place, line: lines.length, column: 1, endLine: lines.length, endColumn: 1 },
    };
  }
  // An error that spans the whole file says nothing; what could not be attached to anything comes last in it.
  const last = found.startIndex === root.startIndex ? found.child(found.childCount - 1) : null;
  const told = last === null ? place : placeOf(last, file, '');
  const line = text.split('\n')[told.line - 1] ?? '';
  const near = line.slice(told.column - 1, told.column + 29).trim();
  return { sentence: `syntax error near '${near}'`, place: told };
}

/** The leftmost error node, and inside it the innermost one. */
function firstError(node: Node): Node | undefined {
  for (const child of node.children) {
    if (!child.isError && !child.isMissing && !child.hasError) continue;
    const found = firstError(child);
    if (found !== undefined) return found;
  }
  return node.isError || node.isMissing ? node : undefined;
}

import { TlaError, type Place } from '../errors.ts';

/** A word of a configuration file. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'symbol';
  /** As written; for a string, without its quotes and with its escapes resolved. */
  readonly text: string;
  readonly place: Place;
}

const WORD = /[0-9A-Za-z_]+/y;
/** `<-` and `=` first, so that `=-1` and `<-[M]` fall apart; then any operator that a model may replace. */
const SYMBOL = /<-|=(?![=<>|])|\\[A-Za-z]+|[()[\]{},!]|[-+*/<>=&|.:~^#$%@?\\]+|[^\s]/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
};

/**
 * Splits a configuration file into words, comments (`\*` to the end of the line, `(* *)` nested) left out.
 * @throws TlaError of kind `configuration` for a comment or a string without an end
 */
export function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  let line = 0;

  const placeOf = (start: number, end: number): Place => {
    while ((lineStarts[line + 1] ?? Infinity) <= start) line += 1;
    const lineStart = lineStarts[line] ?? 0;
    return {
      file,
      module: '',
      line: line + 1,
      column: start - lineStart + 1,
      endLine: line + 1,
      endColumn: Math.max(end - lineStart, start - lineStart + 1),
    };
  };

  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      at += 1;
    } else if (text.startsWith('\\*', at)) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith('(*', at)) {
      const end = endOfComment(text, at);
      if (end === undefined) {
        throw new TlaError(
          'configuration',
          'this comment is never closed; end it with *)',
          placeOf(at, at + 2),
        );
      }
      at = end;
    } else if (character === '"') {
      const place = placeOf(at, at + 1);
      const string = readString(text, at);
      if (string === undefined) {
        throw new TlaError('configuration', 'this string is never closed; end it with "', place);
      }
      tokens.push({ kind: 'string', text: string.value, place: placeOf(at, string.end) });
      at = string.end;
    } else {
      const word = match(WORD, text, at);
      const found = word ?? match(SYMBOL, text, at) ?? character;
      const kind = word === undefined ? 'symbol' : /^[0-9]+$/.test(found) ? 'number' : 'name';
      tokens.push({ kind, text: found, place: placeOf(at, at + found.length) });
      at += found.length;
    }
  }
  return tokens;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function endOfComment(text: string, start: number): number | undefined {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    if (text.startsWith('(*', at)) {
      depth += 1;
      at += 2;
    } else if (text.startsWith('*)', at)) {
      depth -= 1;
      at += 2;
      if (depth === 0) return at;
    } else {
      at += 1;
    }
  }
  return undefined;
}

function readString(text: string, start: number): { value: string; end: number } | undefined {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return { value, end: at + 1 };
    if (character === '\n') return undefined;
    if (character === '\\') {
      at += 1;
      const escaped = text.charAt(at);
      value += ESCAPES[escaped] ?? `\\${escaped}`;
    } else {
      value += character;
    }
  }
  return undefined;
}

import { enumerateIfPossible } from './enumeration.ts';
import { tabulate } from './tabulation.ts';
import type { Value } from './value.ts';

/** A lazy set with at least this many elements is printed as the expression that made it, as TLC does. */
const spelledOutMax = 2000;

/** The value on one line, as TLC prints it. */
export function format(value: Value): string {
  if (value === true) return 'TRUE';
  if (value === false) return 'FALSE';
  if (typeof value === 'number') return String(value);
  switch (value.kind) {
    case 'string':
      return `"${escapeString(value.text)}"`;
    case 'model':
      return value.name;
    case 'set':
      return `{${value.elements.map(format).join(', ')}}`;
    case 'interval':
      return value.high < value.low ? '{}' : `${value.low}..${value.high}`;
    case 'lazy-set': {
      const size = value.rules.size();
      if (size === undefined || size < spelledOutMax) {
        const spelled = enumerateIfPossible(value);
        if (spelled !== undefined) return format(spelled);
      }
      return value.rules.print(format);
    }
    case 'tuple':
      return `<<${value.elements.map(format).join(', ')}>>`;
    case 'record': {
      const fields = value.shape.fields.map((field, i) => {
        const entry = value.values[i];
        return `${field.text} |-> ${entry === undefined ? '' : format(entry)}`;
      });
      return `[${fields.join(', ')}]`;
    }
    case 'function': {
      const pairs = value.domain.elements.map((argument, i) => {
        const entry = value.values[i];
        return `${format(argument)} :> ${entry === undefined ? '' : format(entry)}`;
      });
      return `(${pairs.join(' @@ ')})`;
    }
    case 'lazy-function': {
      const written = tabulate(value);
      return written === undefined ? value.print() : format(written);
    }
  }
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\f': '\\f',
};

/** The text of a string between its quotation marks, as it would be written in a module. */
export function escapeString(text: string): string {
  return text.replace(/["\\\n\t\r\f]/g, (character) => escapes[character] ?? character);
}

/** A value inside a message: one line, cut when long. */
export function quote(value: Value): string {
  let text: string;
  try {
    text = format(value);
  } catch {
    // What cannot be printed is still worth mentioning.
    return 'a set that cannot be listed';
  }
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

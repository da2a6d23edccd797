import { enumerateIfPossible } from './enumeration.ts';
import { format } from './format.ts';
import { itemAt } from './value.ts';
import type { Value } from './value.ts';

/** TLC's line width for states and for `PrintT`. */
export const lineWidth = 80;

/** Columns in front of a pair's value when it stands on a line of its own. */
const valueIndent = 4;

/**
 * The value as TLC prints it in states: on one line if it fits, else one element or pair a line, aligned.
 * `trailer` columns are kept free at the end of the last line, for the brackets that will close there.
 */
export function prettyFormat(value: Value, width = lineWidth, trailer = 0, padding = ''): string {
  const line = format(value);
  if (line.length <= width - trailer || typeof value !== 'object') return line;
  switch (value.kind) {
    case 'tuple':
      return elements('<< ', ' >>', value.elements, width, trailer, padding);
    case 'set':
      return elements('{ ', ' }', value.elements, width, trailer, padding);
    case 'lazy-set': {
      const spelled = line.startsWith('{') ? enumerateIfPossible(value) : undefined;
      return spelled === undefined ? line : elements('{ ', ' }', spelled.elements, width, trailer, padding);
    }
    case 'record': {
      const entries = value.shape.fields.map(
        (field, i) => [field.text, undefined, itemAt(value.values, i)] as const,
      );
      return pairs('[ ', ' ]', ',', ' |->', entries, width, trailer, padding);
    }
    case 'function': {
      const entries = value.domain.elements.map(
        (argument, i) => [format(argument), argument, itemAt(value.values, i)] as const,
      );
      return pairs('( ', ' )', ' @@', ' :>', entries, width, trailer, padding);
    }
    case 'lazy-function':
      return value.tabulated === undefined ? line : prettyFormat(value.tabulated, width, trailer, padding);
    case 'string':
    case 'model':
    case 'interval':
      return line;
  }
}

function elements(
  open: string,
  close: string,
  items: readonly Value[],
  width: number,
  trailer: number,
  padding: string,
): string {
  const inner = padding + ' '.repeat(open.length);
  const texts = items.map((item, i) => {
    const room = i === items.length - 1 ? trailer + close.length : 1;
    return prettyFormat(item, width - open.length, room, inner);
  });
  return `${open}${texts.join(`,\n${inner}`)}${close}`;
}

type Entry = readonly [key: string, keyValue: Value | undefined, value: Value];

function pairs(
  open: string,
  close: string,
  separator: string,
  arrow: string,
  entries: readonly Entry[],
  width: number,
  trailer: number,
  padding: string,
): string {
  const inner = padding + ' '.repeat(open.length);
  const columns = width - open.length;
  const texts = entries.map(([key, keyValue, value], i) => {
    const room = i === entries.length - 1 ? trailer + close.length : separator.length;
    const text = format(value);
    if (key.length + arrow.length + 1 + text.length + room <= columns) return `${key}${arrow} ${text}`;
    const shown =
      keyValue === undefined || key.length + arrow.length <= columns
        ? key
        : prettyFormat(keyValue, columns, trailer + close.length + arrow.length, inner);
    const deeper = inner + ' '.repeat(valueIndent);
    return `${shown}${arrow}\n${deeper}${prettyFormat(value, columns - valueIndent, room, deeper)}`;
  });
  return `${open}${texts.join(`${separator}\n${inner}`)}${close}`;
}

import { TraceError } from './errors.ts';
import { abbreviate } from './expect.ts';
import {
  bool,
  int,
  map,
  model,
  record,
  sequence,
  set,
  string,
  type MapEntry,
  type TraceValue,
} from './value.ts';

// TLC's JSON form writes the domain of a function as keys, that is as text: a string as it is, anything else as TLC
// prints it. So to know a key again, its text must be read as a value.

const DEPTH_MAX = 256;
/** An interval is printed as `a..b`; one longer than this is no key that TLC could have enumerated. */
const INTERVAL_MAX = 1 << 20;

/** A value as TLC prints it, on one line: `<<1, {"a"}>>`, `[epoch |-> 1]`, `(s1 :> 0 @@ s2 :> 1)`. */
export function printValue(value: TraceValue): string {
  switch (value.kind) {
    case 'bool':
      return value.value ? 'TRUE' : 'FALSE';
    case 'int':
      return value.value.toString();
    case 'string':
      return quote(value.value);
    case 'model':
      return value.name;
    case 'tuple':
    case 'sequence':
      return `<<${value.elements.map(printValue).join(', ')}>>`;
    case 'set':
      return `{${value.elements.map(printValue).join(', ')}}`;
    case 'record':
      // A record without fields is the empty function, which TLC prints as the empty sequence.
      if (value.fields.size === 0) return '<<>>';
      return `[${[...value.fields].map(([name, field]) => `${name} |-> ${printValue(field)}`).join(', ')}]`;
    case 'map': {
      const elements = asSequence(value.entries);
      if (elements !== undefined) return `<<${elements.map(printValue).join(', ')}>>`;
      return `(${value.entries.map(([key, item]) => `${printValue(key)} :> ${printValue(item)}`).join(' @@ ')})`;
    }
    case 'unserializable':
      return value.text;
  }
}

/**
 * Reads a value that TLC printed. A bare name becomes a model value.
 *
 * @throws TraceError `syntax` if the text is not such a value.
 */
export function parsePrinted(text: string): TraceValue {
  return new PrintedReader(text).whole();
}

/** The values of a function over 1..n in order, if that is what the entries are. The empty function is one too. */
export function asSequence(entries: readonly MapEntry[]): readonly TraceValue[] | undefined {
  const elements: TraceValue[] = [];
  for (const [key, value] of entries) {
    // Entries are sorted by key, so a function over 1..n has its keys in this order.
    if (key.kind !== 'int' || key.value !== BigInt(elements.length + 1)) return undefined;
    elements.push(value);
  }
  return elements;
}

const QUOTED: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['"', '\\"'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['\f', '\\f'],
]);
const UNQUOTED: ReadonlyMap<string, string> = new Map(
  [...QUOTED].map(([character, quoted]) => [quoted, character]),
);

function quote(text: string): string {
  return `"${text.replace(/[\\"\n\t\r\f]/g, (character) => QUOTED.get(character) ?? character)}"`;
}

class PrintedReader {
  private readonly text: string;
  private offset = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  whole(): TraceValue {
    const value = this.value();
    this.space();
    if (this.offset < this.text.length) this.fail();
    return value;
  }

  private value(): TraceValue {
    if (++this.depth > DEPTH_MAX) this.fail();
    const value = this.undelimited();
    this.depth--;
    return value;
  }

  private undelimited(): TraceValue {
    if (this.take('<<')) return sequence(this.list('>>', () => this.value()));
    if (this.take('{')) return set(this.list('}', () => this.value()));
    if (this.take('[')) return record(this.list(']', () => this.pair(() => this.name(), '|->')));
    if (this.take('(')) return map(this.list(')', () => this.pair(() => this.value(), ':>'), '@@'));
    this.space();
    if (this.text[this.offset] === '"') return string(this.quoted());
    const digits = this.match(/-?[0-9]+/y);
    if (digits === undefined) return this.named();
    const first = BigInt(digits);
    if (!this.take('..')) return int(first);
    const last = BigInt(this.match(/-?[0-9]+/y) ?? this.fail());
    if (last - first > BigInt(INTERVAL_MAX)) this.fail();
    const elements: TraceValue[] = [];
    for (let element = first; element <= last; element++) elements.push(int(element));
    return set(elements);
  }

  private named(): TraceValue {
    const name = this.name();
    if (name === 'TRUE' || name === 'FALSE') return bool(name === 'TRUE');
    return model(name);
  }

  private name(): string {
    this.space();
    return this.match(/[\p{L}\p{N}_!]+/uy) ?? this.fail();
  }

  private quoted(): string {
    const quoted = this.match(/"(?:[^"\\]|\\[^])*"/y) ?? this.fail();
    return quoted.slice(1, -1).replace(/\\[^]/g, (escape) => UNQUOTED.get(escape) ?? escape);
  }

  private pair<K>(key: () => K, arrow: string): readonly [K, TraceValue] {
    const left = key();
    if (!this.take(arrow)) this.fail();
    return [left, this.value()];
  }

  private list<T>(close: string, item: () => T, separator = ','): T[] {
    const items: T[] = [];
    if (this.take(close)) return items;
    for (;;) {
      items.push(item());
      if (this.take(close)) return items;
      if (!this.take(separator)) this.fail();
    }
  }

  private take(token: string): boolean {
    this.space();
    if (!this.text.startsWith(token, this.offset)) return false;
    this.offset += token.length;
    return true;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.text)?.[0];
    this.offset += found?.length ?? 0;
    return found;
  }

  private space(): void {
    this.match(/\s+/y);
  }

  private fail(): never {
    const column = this.offset + 1;
    throw new TraceError(
      'syntax',
      `${abbreviate(this.text)} is no value as TLC prints it (column ${column})`,
    );
  }
}

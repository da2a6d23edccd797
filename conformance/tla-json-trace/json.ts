import { TraceError, type JsonPath, type TraceErrorCode } from './errors.ts';

/**
 * A JSON document. Integers are `bigint`, whatever their size, so that none loses digits; only a number with a
 * fraction or an exponent is a `number`. Objects are maps, in the order of the text: a key such as `__proto__` is
 * then a key like any other.
 */
export type JsonValue = null | boolean | bigint | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

export interface JsonLimits {
  /** Nesting of arrays and objects. */
  readonly depthMax: number;
  /** Digits of an integer. Reading one takes time that grows with the square of its length. */
  readonly digitsMax: number;
}

/** Whether the value is an array. (`Array.isArray` does not narrow a readonly array.) */
export function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Whether the value is an object. */
export function isObject(value: JsonValue): value is JsonObject {
  return value instanceof Map;
}

/** What kind of JSON value this is, for a message. */
export function describe(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'a boolean';
  if (typeof value === 'bigint') return 'an integer';
  if (typeof value === 'number') return 'a number that is no integer';
  if (typeof value === 'string') return 'a string';
  return isArray(value) ? 'an array' : 'an object';
}

/**
 * Reads one JSON document (RFC 8259), and nothing after it. A key that stands twice in one object is refused, since
 * readers differ in which of the two they take.
 *
 * @throws TraceError `syntax`, `truncated` or `limit`, with line and column.
 */
export function parseJson(text: string, limits: JsonLimits, file?: string): JsonValue {
  return new JsonReader(text, limits, file).document();
}

/** Line and column, from 1, of the value at `path`, or of its nearest ancestor in the text. */
export function locate(text: string, limits: JsonLimits, path: JsonPath): { line: number; column: number } {
  return lineAndColumn(text, new JsonReader(text, limits, undefined, path).found());
}

/** Line and column, from 1, of an offset. A line ends in LF, CR or both. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let index = 0; index < offset; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0x0a || (unit === 0x0d && text.charCodeAt(index + 1) !== 0x0a)) {
      line++;
      start = index + 1;
    }
  }
  return { line, column: offset - start + 1 };
}

/** Compact JSON. Keys keep the order of the map. */
export function writeJson(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  return `{${[...value].map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`).join(',')}}`;
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TraceError('unwritable', `JSON has no number ${value}`);
  // An integral double would be read back as an integer, so it keeps a fraction.
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class JsonReader {
  private readonly text: string;
  private readonly limits: JsonLimits;
  private readonly file: string | undefined;
  private offset = 0;
  private depth = 0;
  /** While a path is sought: how many of its steps lead to the value being read, and the best offset so far. */
  private readonly sought: JsonPath | undefined;
  private onPath = 0;
  private foundAt = 0;

  constructor(text: string, limits: JsonLimits, file: string | undefined, sought?: JsonPath) {
    this.text = text;
    this.limits = limits;
    this.file = file;
    this.sought = sought;
  }

  document(): JsonValue {
    this.space();
    const value = this.value();
    this.space();
    if (this.offset < this.text.length) this.fail('expected the end of the file after the document');
    return value;
  }

  found(): number {
    try {
      this.document();
    } catch (error) {
      // A place is sought in a document that was read before; if not, the best offset is still the answer.
      if (!(error instanceof TraceError)) throw error;
    }
    return this.foundAt;
  }

  private value(): JsonValue {
    if (this.sought !== undefined && this.depth === this.onPath) this.foundAt = this.offset;
    const next = this.text[this.offset];
    switch (next) {
      case undefined:
        return this.truncated('a value');
      case '{':
        return this.object();
      case '[':
        return this.array();
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(): JsonObject {
    const entries = new Map<string, JsonValue>();
    this.enter();
    if (this.text[this.offset] === '}') {
      this.leave();
      return entries;
    }
    for (;;) {
      const keyAt = this.offset;
      if (this.offset >= this.text.length) return this.truncated('a key');
      if (this.text[this.offset] !== '"') return this.fail('expected a key in double quotes');
      const key = this.string();
      if (entries.has(key))
        return this.fail(`the key ${JSON.stringify(key)} stands twice in one object`, keyAt);
      this.space();
      if (this.offset >= this.text.length) return this.truncated('a colon');
      if (this.text[this.offset] !== ':') return this.fail('expected a colon after the key');
      this.offset++;
      this.space();
      entries.set(key, this.step(key));
      if (this.endOfItem('}')) return entries;
    }
  }

  private array(): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.enter();
    if (this.text[this.offset] === ']') {
      this.leave();
      return items;
    }
    for (;;) {
      items.push(this.step(items.length));
      if (this.endOfItem(']')) return items;
    }
  }

  /** Reads the value under one key or index, and keeps track of whether it lies on the path that is sought. */
  private step(key: string | number): JsonValue {
    if (this.sought === undefined || this.onPath !== this.depth - 1 || this.sought[this.onPath] !== key) {
      return this.value();
    }
    this.onPath++;
    const value = this.value();
    // Once past the value, nothing that follows can be on the path.
    this.onPath = -1;
    return value;
  }

  private enter(): void {
    this.depth++;
    if (this.depth > this.limits.depthMax) {
      this.fail(`nested more than ${this.limits.depthMax} deep, the limit`, this.offset, 'limit');
    }
    this.offset++;
    this.space();
  }

  private leave(): void {
    this.depth--;
    this.offset++;
  }

  private endOfItem(close: '}' | ']'): boolean {
    this.space();
    const next = this.text[this.offset];
    if (next === close) {
      this.leave();
      return true;
    }
    if (next === undefined) return this.truncated(`a comma or ${close}`);
    if (next !== ',') return this.fail(`expected a comma or ${close}`);
    this.offset++;
    this.space();
    return false;
  }

  private string(): string {
    const begin = ++this.offset;
    let plain = begin;
    let result = '';
    for (;;) {
      const unit = this.text.charCodeAt(this.offset);
      if (Number.isNaN(unit)) return this.truncated('the end of a string');
      if (unit === 0x22) {
        result += this.text.slice(plain, this.offset);
        this.offset++;
        return result;
      }
      if (unit < 0x20) return this.fail('a control character in a string; write it as an escape');
      if (unit === 0x5c) {
        result += this.text.slice(plain, this.offset) + this.escape();
        plain = this.offset;
      } else this.offset++;
    }
  }

  private escape(): string {
    const letter = this.text[this.offset + 1];
    if (letter === undefined) return this.truncated('the end of a string');
    if (letter === 'u') {
      const hex = this.text.slice(this.offset + 2, this.offset + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) {
        if (this.offset + 6 > this.text.length) return this.truncated('four hexadecimal digits');
        return this.fail('expected four hexadecimal digits after \\u');
      }
      this.offset += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const character = ESCAPES.get(letter);
    if (character === undefined) return this.fail('not an escape that JSON knows');
    this.offset += 2;
    return character;
  }

  private word<T>(word: string, value: T): T {
    if (this.text.startsWith(word, this.offset)) {
      this.offset += word.length;
      return value;
    }
    const rest = this.text.slice(this.offset);
    return word.startsWith(rest) ? this.truncated(word) : this.fail('expected a value');
  }

  private number(): bigint | number {
    const pattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
    pattern.lastIndex = this.offset;
    const match = pattern.exec(this.text);
    if (match === null) {
      return this.text.slice(this.offset) === '-' ? this.truncated('digits') : this.fail('expected a value');
    }
    const [digits, fraction, exponent] = match;
    if (digits.length > this.limits.digitsMax) {
      return this.fail(
        `a number of more than ${this.limits.digitsMax} digits, the limit`,
        this.offset,
        'limit',
      );
    }
    const begin = this.offset;
    this.offset += digits.length;
    if (fraction === undefined && exponent === undefined) return BigInt(digits);
    const value = Number(digits);
    if (!Number.isFinite(value)) return this.fail('a number too large', begin, 'limit');
    return value;
  }

  private space(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.offset);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.offset++;
    }
  }

  private truncated(expected: string): never {
    return this.fail(
      `the file ends where ${expected} should follow; it was cut off, so make it again`,
      this.text.length,
      'truncated',
    );
  }

  private fail(sentence: string, offset = this.offset, code: TraceErrorCode = 'syntax'): never {
    const place = lineAndColumn(this.text, offset);
    throw new TraceError(code, sentence, this.file === undefined ? place : { file: this.file, ...place });
  }
}

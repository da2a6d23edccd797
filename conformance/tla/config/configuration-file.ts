/** Reads TLC's configuration files ("Specifying Systems", section 14.7.1, and what TLC has added since). */
import { readFile } from 'node:fs/promises';

import type { Configuration, ConfiguredValue, NamedEntry } from '../configuration.ts';
import { TlaError, type Place } from '../errors.ts';
import { tokenize, type Token } from './tokens.ts';

/** Keywords followed by one name, and where that name goes. */
const SINGLE = {
  SPECIFICATION: 'specification',
  INIT: 'init',
  NEXT: 'next',
  SYMMETRY: 'symmetry',
  VIEW: 'view',
  ALIAS: 'alias',
  POSTCONDITION: 'postcondition',
} as const;

/** Keywords followed by any number of names. */
const SEVERAL = {
  INVARIANT: 'invariants',
  INVARIANTS: 'invariants',
  PROPERTY: 'properties',
  PROPERTIES: 'properties',
  CONSTRAINT: 'constraints',
  CONSTRAINTS: 'constraints',
  ACTION_CONSTRAINT: 'actionConstraints',
  ACTION_CONSTRAINTS: 'actionConstraints',
} as const;

const UNSUPPORTED = new Set(['_PERIODIC', '_RL_REWARD', '_POSSIBLE', 'POSTCONDITIONS']);

const KEYWORDS = new Set([
  'CONSTANT',
  'CONSTANTS',
  'CHECK_DEADLOCK',
  ...Object.keys(SINGLE),
  ...Object.keys(SEVERAL),
  ...UNSUPPORTED,
]);

/** Integers are 32-bit, as in TLC. */
const INTEGER_MAX = 0x7fff_ffff;
/** Sets of sets beyond this depth are refused rather than followed. */
const SET_DEPTH_MAX = 100;

/**
 * Reads a configuration file.
 * @throws TlaError of kind `configuration` (or `unsupported`) with its place, also when the file cannot be read
 */
export async function readConfigurationFile(path: string): Promise<Configuration> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TlaError('configuration', `cannot read the configuration file ${path}: ${reason}`);
  }
  return parseConfiguration(text, path);
}

/**
 * Parses the text of a configuration file; `file` is the name that places carry.
 * @throws TlaError of kind `configuration` (or `unsupported`) with its place
 */
export function parseConfiguration(text: string, file: string): Configuration {
  return new ConfigurationParser(tokenize(text, file), file).parse();
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

class ConfigurationParser {
  private readonly tokens: readonly Token[];
  private readonly file: string;
  private at = 0;
  private readonly result: Mutable<Configuration>;
  private readonly seen = new Set<string>();

  constructor(tokens: readonly Token[], file: string) {
    this.tokens = tokens;
    this.file = file;
    this.result = {
      file,
      constants: [],
      replacements: [],
      invariants: [],
      properties: [],
      constraints: [],
      actionConstraints: [],
      checkDeadlock: true,
    };
  }

  parse(): Configuration {
    for (let token = this.peek(); token !== undefined; token = this.peek()) {
      this.at += 1;
      const keyword = token.text;
      if (token.kind === 'string' || !KEYWORDS.has(keyword)) {
        throw problem(
          `expected a keyword such as SPECIFICATION or CONSTANTS, found ${quoted(token)}`,
          token.place,
        );
      }
      if (UNSUPPORTED.has(keyword)) {
        throw new TlaError('unsupported', `${keyword} is not supported`, token.place);
      } else if (isKey(SINGLE, keyword)) {
        this.once(token);
        this.result[SINGLE[keyword]] = this.name(token);
      } else if (isKey(SEVERAL, keyword)) {
        this.result[SEVERAL[keyword]].push(...this.names());
      } else if (keyword === 'CHECK_DEADLOCK') {
        this.once(token);
        this.result.checkDeadlock = this.truth(token);
      } else {
        while (this.atEntry()) this.constant();
      }
    }
    this.checkBehaviour();
    return this.result;
  }

  /** TLC takes either a specification or its two halves. */
  private checkBehaviour(): void {
    const { specification, init, next } = this.result;
    const half = init ?? next;
    if (specification !== undefined && half !== undefined) {
      throw problem('SPECIFICATION and INIT or NEXT exclude each other; keep one of the two', half.place);
    }
  }

  private constant(): void {
    const first = this.take('a constant');
    let name = first.text;
    while (this.peek()?.text === '!') {
      this.at += 1;
      name += `!${this.take('a name').text}`;
    }
    const values: ConfiguredValue[] = [];
    const replaces = this.accept('<-');
    if (!replaces) {
      if (this.accept('(')) {
        do values.push(this.value(0));
        while (this.accept(','));
        this.expect(')');
      }
      if (!this.accept('=')) {
        const found = this.peek();
        throw problem(`expected = or <- after ${name}, found ${quoted(found)}`, found?.place ?? first.place);
      }
    }
    let module: string | undefined;
    if (this.accept('[')) {
      module = this.take('the name of a module').text;
      this.expect(']');
    }
    if (replaces) {
      const replacement = this.take(`the name that replaces ${name}`);
      const place = spanning(first.place, replacement.place);
      const entry = { name, replacement: replacement.text, place };
      this.result.replacements.push(module === undefined ? entry : { ...entry, module });
      return;
    }
    if (module !== undefined && values.length > 0)
      throw problem(`${name} is given a value at arguments for one module only`, first.place);
    const value = this.value(0);
    const end = this.tokens[this.at - 1]?.place ?? first.place;
    const assignment = { name, arguments: values, value, place: spanning(first.place, end) };
    this.result.constants.push(module === undefined ? assignment : { ...assignment, module });
  }

  private value(depth: number): ConfiguredValue {
    const token = this.take('a value');
    if (depth > SET_DEPTH_MAX) throw problem(`sets nested deeper than ${SET_DEPTH_MAX}`, token.place);
    switch (token.kind) {
      case 'number':
        return { kind: 'integer', value: integer(token) };
      case 'string':
        return { kind: 'string', value: token.text };
      case 'name':
        if (token.text === 'TRUE') return { kind: 'boolean', value: true };
        if (token.text === 'FALSE') return { kind: 'boolean', value: false };
        return { kind: 'model', name: token.text };
      case 'symbol':
        if (token.text === '{') return { kind: 'set', elements: this.elements(depth) };
        if (token.text === '-') {
          throw problem(
            'a negative number is not a value here; define it in the module and write Name <- Definition',
            token.place,
          );
        }
        throw problem(`expected a value, found ${quoted(token)}`, token.place);
    }
  }

  private elements(depth: number): ConfiguredValue[] {
    if (this.accept('}')) return [];
    const elements: ConfiguredValue[] = [];
    do elements.push(this.value(depth + 1));
    while (this.accept(','));
    this.expect('}');
    return elements;
  }

  private once(keyword: Token): void {
    if (this.seen.has(keyword.text))
      throw problem(`${keyword.text} stands here a second time`, keyword.place);
    this.seen.add(keyword.text);
  }

  private name(keyword: Token): NamedEntry {
    const token = this.peek();
    if (token === undefined || !this.atEntry()) {
      throw problem(`${keyword.text} must be followed by a name`, keyword.place);
    }
    this.at += 1;
    return this.entry(token);
  }

  private names(): NamedEntry[] {
    const names: NamedEntry[] = [];
    while (this.atEntry()) names.push(this.entry(this.take('a name')));
    return names;
  }

  private entry(token: Token): NamedEntry {
    if (token.kind !== 'name')
      throw problem(`expected the name of a definition, found ${quoted(token)}`, token.place);
    let name = token.text;
    let end = token.place;
    while (this.accept('!')) {
      const part = this.take('a name');
      name += `!${part.text}`;
      end = part.place;
    }
    return { name, place: spanning(token.place, end) };
  }

  private truth(keyword: Token): boolean {
    const token = this.peek();
    if (token?.text !== 'TRUE' && token?.text !== 'FALSE') {
      throw problem(`${keyword.text} must be followed by TRUE or FALSE`, token?.place ?? keyword.place);
    }
    this.at += 1;
    return token.text === 'TRUE';
  }

  /** Whether something other than the next keyword follows. */
  private atEntry(): boolean {
    const token = this.peek();
    return token !== undefined && (token.kind === 'string' || !KEYWORDS.has(token.text));
  }

  private peek(): Token | undefined {
    return this.tokens[this.at];
  }

  private accept(symbol: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.at += 1;
    return true;
  }

  private expect(symbol: string): void {
    if (this.accept(symbol)) return;
    const found = this.peek();
    throw problem(`expected ${symbol}, found ${quoted(found)}`, found?.place ?? this.end());
  }

  private take(what: string): Token {
    const token = this.peek();
    if (token === undefined) throw problem(`expected ${what}, but the file ends here`, this.end());
    this.at += 1;
    return token;
  }

  private end(): Place {
    const last = this.tokens.at(-1);
    if (last !== undefined) return last.place;
    return { file: this.file, module: '', line: 1, column: 1, endLine: 1, endColumn: 1 };
  }
}

function isKey<T extends object>(table: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(table, key);
}

function integer(token: Token): number {
  const value = Number(token.text);
  if (value > INTEGER_MAX) throw problem(`${token.text} does not fit 32 bits`, token.place);
  return value;
}

function quoted(token: Token | undefined): string {
  return token === undefined ? 'the end of the file' : `"${token.text}"`;
}

function problem(sentence: string, place: Place): TlaError {
  return new TlaError('configuration', sentence, place);
}

function spanning(first: Place, last: Place): Place {
  return { ...first, endLine: last.endLine, endColumn: last.endColumn };
}

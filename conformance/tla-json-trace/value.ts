/**
 * A TLA+ value in a trace, with its type: what ITF can tell apart.
 *
 * TLA+ itself holds `<<1, 2>>`, the sequence of 1 and 2 and the function from 1..2 to be one value, and a record to be
 * a function from strings; the kinds say how it is written. `equalInTla` compares as TLA+ does, `compareValues` as it
 * is written.
 *
 * Build values with the functions below: sets and maps are then sorted and without duplicates, which the writers rely
 * on.
 */
export type TraceValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: string }
  /** ITF has no model values: this one is written as the string of its name, and read back as a string. */
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'tuple'; readonly elements: readonly TraceValue[] }
  | { readonly kind: 'sequence'; readonly elements: readonly TraceValue[] }
  | { readonly kind: 'set'; readonly elements: readonly TraceValue[] }
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, TraceValue> }
  | { readonly kind: 'map'; readonly entries: readonly MapEntry[] }
  /** A value that no JSON can hold, such as the set of all integers, as text. */
  | { readonly kind: 'unserializable'; readonly text: string };

export type MapEntry = readonly [key: TraceValue, value: TraceValue];

export function bool(value: boolean): TraceValue {
  return { kind: 'bool', value };
}

/** An integer. A `number` must be a safe integer, else RangeError. */
export function int(value: bigint | number): TraceValue {
  return { kind: 'int', value: BigInt(value) };
}

export function string(value: string): TraceValue {
  return { kind: 'string', value };
}

export function model(name: string): TraceValue {
  return { kind: 'model', name };
}

export function tuple(elements: readonly TraceValue[]): TraceValue {
  return { kind: 'tuple', elements };
}

export function sequence(elements: readonly TraceValue[]): TraceValue {
  return { kind: 'sequence', elements };
}

/** A set: elements are sorted, and equal ones become one. */
export function set(elements: readonly TraceValue[]): TraceValue {
  const sorted = [...elements].sort(compareValues);
  return {
    kind: 'set',
    elements: sorted.filter((element, index) => {
      const before = sorted[index - 1];
      return index === 0 || before === undefined || compareValues(before, element) !== 0;
    }),
  };
}

/** A record: fields are sorted by name. */
export function record(fields: Iterable<readonly [string, TraceValue]>): TraceValue {
  return { kind: 'record', fields: new Map([...fields].sort(([a], [b]) => compareText(a, b))) };
}

/** A function with a finite domain: entries are sorted by key; of equal keys the last counts. */
export function map(entries: Iterable<MapEntry>): TraceValue {
  const sorted = [...entries].sort(([a], [b]) => compareValues(a, b));
  return {
    kind: 'map',
    entries: sorted.filter(([key], index) => {
      const after = sorted[index + 1];
      return after === undefined || compareValues(key, after[0]) !== 0;
    }),
  };
}

export function unserializable(text: string): TraceValue {
  return { kind: 'unserializable', text };
}

const RANK = {
  bool: 0,
  int: 1,
  string: 2,
  model: 3,
  tuple: 4,
  sequence: 5,
  set: 6,
  record: 7,
  map: 8,
  unserializable: 9,
} as const;

/**
 * A total order: by kind, then by content (integers by size, text by UTF-16 units, collections element by element and
 * the shorter first). It is the order in which sets and maps are written, and has nothing to do with TLC's. Zero means
 * the same value of the same kind.
 */
export function compareValues(a: TraceValue, b: TraceValue): number {
  switch (a.kind) {
    case 'bool':
      if (b.kind === a.kind) return Number(a.value) - Number(b.value);
      break;
    case 'int':
      if (b.kind === a.kind) return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
      break;
    case 'string':
      if (b.kind === a.kind) return compareText(a.value, b.value);
      break;
    case 'model':
      if (b.kind === a.kind) return compareText(a.name, b.name);
      break;
    case 'tuple':
    case 'sequence':
    case 'set':
      if (b.kind === a.kind) return compareLists(a.elements, b.elements, compareValues);
      break;
    case 'record':
      if (b.kind === a.kind) return compareLists([...a.fields], [...b.fields], compareFields);
      break;
    case 'map':
      if (b.kind === a.kind) return compareLists(a.entries, b.entries, compareEntries);
      break;
    case 'unserializable':
      if (b.kind === a.kind) return compareText(a.text, b.text);
      break;
  }
  return RANK[a.kind] - RANK[b.kind];
}

/**
 * Whether TLA+ holds the two to be one value, as far as a trace can know: tuples, sequences and functions over 1..n
 * are alike, so are records and functions over strings, and a model value is alike to the string of its name, since a
 * trace read from JSON cannot tell the two apart.
 */
export function equalInTla(a: TraceValue, b: TraceValue): boolean {
  return compareValues(plain(a), plain(b)) === 0;
}

/** The value in the form that `equalInTla` compares: functions where they can be, strings for model values. */
function plain(value: TraceValue): TraceValue {
  switch (value.kind) {
    case 'bool':
    case 'int':
    case 'string':
    case 'unserializable':
      return value;
    case 'model':
      return string(value.name);
    case 'tuple':
    case 'sequence':
      return map(value.elements.map((element, index) => [int(index + 1), plain(element)]));
    case 'set':
      return set(value.elements.map(plain));
    case 'record':
      return map([...value.fields].map(([name, field]) => [string(name), plain(field)]));
    case 'map':
      return map(value.entries.map(([key, item]) => [plain(key), plain(item)]));
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareFields(a: readonly [string, TraceValue], b: readonly [string, TraceValue]): number {
  return compareText(a[0], b[0]) || compareValues(a[1], b[1]);
}

function compareEntries(a: MapEntry, b: MapEntry): number {
  return compareValues(a[0], b[0]) || compareValues(a[1], b[1]);
}

function compareLists<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): number {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const left = a[index];
    const right = b[index];
    if (left === undefined || right === undefined) break;
    const order = compare(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

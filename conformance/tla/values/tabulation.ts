import { enumerateIfPossible } from './enumeration.ts';
import { EnumeratedSet, FunctionValue, RecordValue, StringValue, TupleValue, emptyTuple } from './value.ts';
import type { LazyFunction, RecordShape, Value } from './value.ts';

/** Records made over the same field objects share a shape; found by walking the fields in order of rank. */
interface ShapeNode {
  shape: RecordShape | undefined;
  readonly next: Map<StringValue, ShapeNode>;
}

const shapeRoots = new WeakMap<StringValue, ShapeNode>();

/** The shared shape of records with these fields, which are sorted by rank and not empty. */
export function recordShape(fields: readonly StringValue[]): RecordShape {
  const [first] = fields;
  if (first === undefined) throw new RangeError('a record has at least one field');
  let root = shapeRoots.get(first);
  if (root === undefined) {
    root = { shape: undefined, next: new Map() };
    shapeRoots.set(first, root);
  }
  let node: ShapeNode = root;
  for (let i = 1; i < fields.length; i += 1) {
    const field = fields[i];
    if (field === undefined) break;
    let child: ShapeNode | undefined = node.next.get(field);
    if (child === undefined) {
      child = { shape: undefined, next: new Map() };
      node.next.set(field, child);
    }
    node = child;
  }
  node.shape ??= { fields, domain: new EnumeratedSet(fields) };
  return node.shape;
}

/** The function with this sorted domain and these values, in the one representation such functions have. */
export function makeFunction(
  domain: EnumeratedSet,
  values: readonly Value[],
): TupleValue | RecordValue | FunctionValue {
  const { elements } = domain;
  const [first] = elements;
  if (first === undefined) return emptyTuple;
  if (first === 1) {
    if (elements.every((element, i) => element === i + 1)) return new TupleValue(values);
  } else if (typeof first === 'object' && first.kind === 'string') {
    const fields = elements.filter((element) => element instanceof StringValue);
    if (fields.length === elements.length) return new RecordValue(recordShape(fields), values);
  }
  return new FunctionValue(domain, values);
}

/** The lazy function spelled out and cached; undefined if its domain is infinite. */
export function tabulate(f: LazyFunction): TupleValue | RecordValue | FunctionValue | undefined {
  if (f.tabulated === undefined) {
    const domain = enumerateIfPossible(f.domain);
    if (domain === undefined) return undefined;
    f.tabulated = makeFunction(domain, domain.elements.map(f.rule));
  }
  return f.tabulated;
}

/** The own property of a JSON object, or undefined if the value is no object or has none of that name. */
export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value as unknown; // a descriptor's value is typed any
}

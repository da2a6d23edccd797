/** Where two worlds differ in what the specification does not see, in words. */
import type { Part } from './part.ts';

export interface DifferentPart {
  /** `peers[0].role.stage` */
  readonly what: string;
  readonly first: string;
  readonly second: string;
}

/** The first part that differs, in the order of the given kinds. */
export function differentPart(
  first: Readonly<Record<string, readonly Part<unknown>[]>>,
  second: Readonly<Record<string, readonly Part<unknown>[]>>,
): DifferentPart | undefined {
  for (const [kind, parts] of Object.entries(first)) {
    for (const [i, part] of parts.entries()) {
      const other = second[kind]?.[i];
      if (other === undefined || other.text === part.text) continue;
      return firstDifference(`${kind}[${i}]`, part.content, other.content);
    }
  }
  return undefined;
}

function firstDifference(what: string, a: unknown, b: unknown): DifferentPart {
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const left = new Map<string, unknown>(Object.entries(a));
    const right = new Map<string, unknown>(Object.entries(b));
    for (const key of new Set([...left.keys(), ...right.keys()])) {
      if (JSON.stringify(left.get(key)) === JSON.stringify(right.get(key))) continue;
      return firstDifference(`${what}.${key}`, left.get(key), right.get(key));
    }
  }
  return { what, first: shown(a), second: shown(b) };
}

function shown(value: unknown): string {
  return value === undefined ? 'not there' : JSON.stringify(value);
}

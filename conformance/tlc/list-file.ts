import { readFileSync } from 'node:fs';

import { property } from './property.ts';

/** The list that a JSON file has under a name; throws an Error of one line if there is none. */
export function readList(file: string, name: string): readonly unknown[] {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const list = property(document, name);
  if (!Array.isArray(list)) throw new Error(`${file}: expected an object with a list "${name}"`);
  return list;
}

import { readList } from './list-file.ts';
import { property } from './property.ts';

/** One model of `spec/models`: `name.tla` and `name.cfg`, and the sets that it belongs to. */
export interface Model {
  readonly name: string;
  readonly sets: readonly string[];
}

/** Reads `spec/models/index.json`; throws an Error of one line if it is not a list of models. */
export function readModels(index: string): Model[] {
  return readList(index, 'models').map((item, position) => {
    const name = property(item, 'name');
    const sets = property(item, 'set');
    if (typeof name !== 'string' || !isStrings(sets)) {
      throw new Error(`${index}: models[${position}] needs a "name" and a list of names "set"`);
    }
    return { name, sets };
  });
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The properties of the specification: what the models in `spec/models` check, each where it is defined. */
import { join } from 'node:path';

import { readConfigurationFile } from '../../tla/config/configuration-file.ts';
import type { DefinitionReader } from '../../tla/definitions.ts';
import { readModels } from '../../tlc/models.ts';

/** A property that some model checks. Modules may have properties of the same name, so both parts count. */
export interface SpecificationProperty {
  readonly name: string;
  /** The module that defines it. */
  readonly module: string;
  /** `invariant`: stands under INVARIANTS; `property`: under PROPERTIES. */
  readonly kind: 'invariant' | 'property';
  /** A model that checks it. */
  readonly model: string;
}

/** Every property that a model of `spec/models` checks, in the order in which models and configurations name them. */
export async function readProperties(
  specification: string,
  reader: DefinitionReader,
): Promise<SpecificationProperty[]> {
  const models = join(specification, 'models');
  const found = new Map<string, SpecificationProperty>();
  for (const { name: model } of readModels(join(models, 'index.json'))) {
    const { invariants, properties } = await readConfigurationFile(join(models, `${model}.cfg`));
    const definitions = reader.definitionsIn(join(models, `${model}.tla`), [specification]);
    for (const [kind, entries] of [
      ['invariant', invariants],
      ['property', properties],
    ] as const) {
      for (const { name } of entries) {
        const module = definitions.get(name)?.module ?? model;
        const key = `${module}!${name}`;
        if (!found.has(key)) found.set(key, { name, module, kind, model });
      }
    }
  }
  return [...found.values()];
}

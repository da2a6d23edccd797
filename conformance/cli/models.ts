/** Finds the files that the name of a model stands for. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readConfigurationFile } from '../tla/config/configuration-file.ts';
import { emptyConfiguration } from '../tla/configuration.ts';
import type { ModelSource } from '../tla/explore/model-check.ts';
import { UsageError } from './failure.ts';

const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SPECIFICATION_FOLDER = 'spec';
const MODEL_NAME = /^[A-Za-z0-9_-]+$/;

/** Files of a model, not yet read. */
export interface ModelFiles {
  readonly tla: string;
  readonly config: string;
  readonly libraries: readonly string[];
}

/**
 * The files of `NAME`, a model in `spec/models` of the working folder or else of this package, or of `SPEC.tla`, whose
 * configuration stands beside it as `SPEC.cfg` unless another one is given.
 * @throws UsageError if a file is missing
 */
export function findModel(name: string, config?: string): ModelFiles {
  if (name.endsWith('.tla')) {
    if (!existsSync(name)) throw new UsageError(`there is no file ${name}`);
    const beside = config ?? name.replace(/\.tla$/, '.cfg');
    if (!existsSync(beside)) {
      throw new UsageError(
        config === undefined
          ? `there is no configuration ${beside}; name another one with --config`
          : `there is no configuration ${beside}`,
      );
    }
    return { tla: name, config: beside, libraries: librariesOf(name) };
  }
  if (!MODEL_NAME.test(name)) throw new UsageError(`${name} is neither the name of a model nor a .tla file`);
  for (const root of [process.cwd(), PACKAGE_ROOT]) {
    const models = join(root, SPECIFICATION_FOLDER, 'models');
    const tla = shortPath(join(models, `${name}.tla`));
    const beside = config ?? shortPath(join(models, `${name}.cfg`));
    if (!existsSync(tla)) continue;
    if (!existsSync(beside)) throw new UsageError(`the model ${name} has no configuration ${beside}`);
    return { tla, config: beside, libraries: [shortPath(join(root, SPECIFICATION_FOLDER))] };
  }
  throw new UsageError(
    `there is no model ${name} in ${SPECIFICATION_FOLDER}/models; give its name or a .tla file`,
  );
}

/** The list of models in the working folder or else in this package. */
export function modelIndex(): string {
  const roots = [process.cwd(), PACKAGE_ROOT].map((root) => join(root, SPECIFICATION_FOLDER, 'models'));
  const index = roots.map((models) => join(models, 'index.json')).find((file) => existsSync(file));
  if (index === undefined) throw new UsageError(`there is no ${SPECIFICATION_FOLDER}/models/index.json`);
  return shortPath(index);
}

/** Reads the configuration of a model. */
export async function readModel(files: ModelFiles): Promise<ModelSource> {
  return {
    tla: files.tla,
    configuration: await readConfigurationFile(files.config),
    libraries: files.libraries,
  };
}

/** The module alone, for expressions that need no model. */
export function moduleAlone(tla: string): ModelSource {
  if (!existsSync(tla)) throw new UsageError(`there is no file ${tla}`);
  return { tla, configuration: emptyConfiguration, libraries: librariesOf(tla) };
}

/** A module in `spec/models` may extend those in `spec`; one in `spec/mutants`, those in `spec/models` too. */
function librariesOf(tla: string): string[] {
  const folder = dirname(resolve(tla));
  const above = dirname(folder);
  switch (basename(folder)) {
    case 'models':
      return [shortPath(above)];
    case 'mutants':
      return [shortPath(above), shortPath(join(above, 'models'))];
    default:
      return [];
  }
}

/** Relative to the working folder when that is shorter, since places in messages are read by people. */
function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere !== '' && fromHere.length < path.length ? fromHere : path;
}

/**
 * Leaves out each assumption of fairness of a specification of progress, one at a time: a property must fail then, since
 * an assumption without which everything still holds would say more than is needed.
 */
import { join } from 'node:path';

import { readConfigurationFile } from '../../tla/config/configuration-file.ts';
import { DefinitionReader } from '../../tla/definitions.ts';
import type { ModelSource } from '../../tla/explore/model-check.ts';
import { PROJECT_ROOT } from '../workshop.ts';
import { explore, type RunEnd } from './judge.ts';

/** A module whose definitions `Fair…` are its assumptions, and small models of it, tried in this order. */
export interface Progress {
  readonly module: string;
  readonly models: readonly string[];
}

export const PROGRESS: readonly Progress[] = [
  { module: 'ZabProgress', models: ['progress', 'progressDisks'] },
  { module: 'electionprogress', models: ['electionprogress'] },
];

/** What stands for an assumption that is left out. The module defines it as TRUE. */
const LEFT_OUT = 'Unfair';

const SPECIFICATION = join(PROJECT_ROOT, 'spec');

export interface FairnessRow {
  readonly module: string;
  /** The assumption that was left out. */
  readonly assumption: string;
  /** The first model in which something fails without it; undefined when nothing does. */
  readonly model?: string;
  readonly end: RunEnd;
}

/** The assumptions of a module: its definitions `Fair…`, but for the one that joins them. */
export function assumptionsOf(
  reader: DefinitionReader,
  { module, models: [model = ''] }: Progress,
): readonly string[] {
  const definitions = reader.definitionsIn(join(SPECIFICATION, 'models', `${model}.tla`), [SPECIFICATION]);
  return [...definitions]
    .filter(([name, place]) => place.module === module && /^Fair(?!ness$)/.test(name))
    .map(([name]) => name);
}

/** Leaves one assumption out of each model in turn, until something fails. */
export async function without(
  { module, models }: Progress,
  assumption: string,
  signal: AbortSignal,
): Promise<FairnessRow> {
  let end: RunEnd = { result: 'ok', distinct: 0 };
  for (const model of models) {
    end = await explore(await modelWithout(model, assumption), signal);
    if (end.result !== 'ok') return { module, assumption, model, end };
  }
  return { module, assumption, end };
}

async function modelWithout(model: string, assumption: string): Promise<ModelSource> {
  const tla = join(SPECIFICATION, 'models', `${model}.tla`);
  const configuration = await readConfigurationFile(join(SPECIFICATION, 'models', `${model}.cfg`));
  const place = { file: configuration.file, module: '', line: 1, column: 1, endLine: 1, endColumn: 1 };
  const replacement = { name: assumption, replacement: LEFT_OUT, place };
  return {
    tla,
    configuration: { ...configuration, replacements: [...configuration.replacements, replacement] },
    libraries: [SPECIFICATION],
  };
}

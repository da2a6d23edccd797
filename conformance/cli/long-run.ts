/** How far the exploration of a model has come that takes hours and is kept in a checkpoint. */
import { join } from 'node:path';

import type { SavedProgress } from '../tla/explore/checkpoint.ts';
import { readModel, type ModelFiles } from './models.ts';

export interface SoFar {
  readonly model: string;
  /** Where its checkpoint is, or would be. */
  readonly folder: string;
  /** Null if there is no checkpoint. */
  readonly explored: SavedProgress | null;
}

/**
 * What the checkpoint in `OUT/NAME` says.
 * @throws TlaError if the model cannot be read, or the checkpoint is damaged
 */
export async function explorationSoFar(name: string, files: ModelFiles, out: string): Promise<SoFar> {
  const { loadModel } = await import('../tla/explore/model-check.ts');
  const { savedProgress } = await import('../tla/explore/checkpoint.ts');
  const source = await readModel(files);
  const { specification } = await loadModel(source, () => undefined);
  const folder = join(out, name);
  const explored = savedProgress(folder, specification.files, source.configuration) ?? null;
  return { model: name, folder, explored };
}

export function soFarText({ model, folder, explored }: SoFar): string {
  if (explored === null) return `${model}: not begun; there is no checkpoint in ${folder}.`;
  const { generated, distinct, depth, queue, present } = explored;
  if (!present) return `${model}: the checkpoint in ${folder} is of another specification or model.`;
  const grouped = (count: number): string => count.toLocaleString('en');
  return (
    `${model}: not at its end; so far ${grouped(generated)} generated, ${grouped(distinct)} distinct, ` +
    `${grouped(queue)} of them on queue, depth ${depth}, in ${folder}.`
  );
}

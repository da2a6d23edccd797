/**
 * Falsifies what one variable is projected to, as if it never changed, and looks for the mismatch. A variable that could
 * be projected wrongly without anybody noticing would not be compared at all.
 */
import { findModel, readModel } from '../cli/models.ts';
import { runModel, type ModelRun } from '../replay/model-conformance.ts';
import type { Variable } from '../replay/projection.ts';
import { loadModel, type LoadedModel } from '../tla/explore/model-check.ts';

/** The smallest model in which the variable changes: no log is cut where there are two servers. */
export function falsifyingModel(variable: Variable): string {
  return variable === 'cutTail' ? 'succession' : 'quick';
}

/** Runs lockstep with falsified projections; each model is loaded once. */
export class Falsifier {
  private readonly models = new Map<string, Promise<LoadedModel>>();

  async run(variable: Variable, signal?: AbortSignal): Promise<ModelRun> {
    const name = falsifyingModel(variable);
    let loading = this.models.get(name);
    if (loading === undefined) {
      loading = readModel(findModel(name)).then((source) => loadModel(source, () => undefined));
      this.models.set(name, loading);
    }
    return runModel(name, await loading, {
      workers: 1,
      lockstep: { falsified: variable },
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

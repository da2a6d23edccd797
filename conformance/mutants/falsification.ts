/**
 * Falsifies what one variable is projected to, as if it never changed, and looks for the mismatch. A variable that could
 * be projected wrongly without anybody noticing would not be compared at all.
 */
import { findModel, readModel } from '../cli/models.ts';
import { runModel, type ModelRun } from '../replay/model-conformance.ts';
import { PEER } from '../replay/peer-subject.ts';
import type { Subject } from '../replay/subject.ts';
import { SUBJECTS } from '../replay/subjects.ts';
import { loadModel, type LoadedModel } from '../tla/explore/model-check.ts';

/** A variable to project wrongly. */
export interface Projected {
  /** The variable, with its module before it where that is not Zab. */
  readonly name: string;
  readonly variable: string;
  /** The smallest model in which the variable changes. */
  readonly model: string;
}

export const PROJECTED: readonly Projected[] = SUBJECTS.flatMap((subject) =>
  subject.variables.map((variable) => ({
    name: subject === PEER ? variable : `${subject.module}!${variable}`,
    variable,
    model: falsifyingModel(subject, variable),
  })),
);

/** No log is cut where there are two servers. */
function falsifyingModel(subject: Subject, variable: string): string {
  if (subject !== PEER) return 'electionpair';
  return variable === 'cutTail' ? 'succession' : 'quick';
}

/** Runs lockstep with falsified projections; each model is loaded once. */
export class Falsifier {
  private readonly models = new Map<string, Promise<LoadedModel>>();

  async run({ variable, model: name }: Projected, signal?: AbortSignal): Promise<ModelRun> {
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

/** Runs a broken specification and says what became of it. */
import type { ModelSource } from '../../tla/explore/model-check.ts';
import { loadModel, modelCheck } from '../../tla/explore/model-check.ts';
import { outcomeJson } from '../../tla/report/json.ts';
import { property } from '../../tlc/property.ts';

/** How a run ended, in the terms of `zab check --json`. */
export interface RunEnd {
  readonly result: string;
  /** What does not hold. */
  readonly violated?: string;
  /** Steps of the counterexample; for one that ends in a cycle, up to its end. */
  readonly steps?: number;
  /** Steps of the cycle at the end, 0 for stuttering; absent where there is none. */
  readonly cycle?: number;
  readonly distinct: number;
  /** What went wrong, where neither a violation nor its absence was found. */
  readonly reason?: string;
}

/** Explores a model with our own checker. */
export async function explore(source: ModelSource, signal: AbortSignal): Promise<RunEnd> {
  const model = await loadModel(source, ignore);
  const outcome = await modelCheck(model, { workers: 1, signal, print: ignore });
  signal.throwIfAborted();
  const facts = { engine: 'zab', workers: 1, seconds: 0 };
  return readRun(outcomeJson(model.specification.variables, outcome, facts));
}

function ignore(): void {
  // What a model prints is of no interest here.
}

/** Reads what `zab check --json` prints. */
export function readRun(report: unknown): RunEnd {
  const result = property(report, 'result');
  const violated = property(report, 'property');
  const trace = property(report, 'trace');
  const distinct = property(report, 'distinct');
  const reason = property(property(report, 'error'), 'message');
  const loop = property(report, 'loop');
  if (typeof result !== 'string' || typeof distinct !== 'number') {
    return {
      result: 'no report',
      distinct: 0,
      reason: typeof reason === 'string' ? reason : 'the checker gave no report',
    };
  }
  const states = Array.isArray(trace) ? trace.length : undefined;
  return {
    result,
    distinct,
    ...(typeof violated === 'string' ? { violated } : {}),
    ...(states === undefined ? {} : { steps: states - 1 }),
    ...(typeof loop === 'number' && states !== undefined
      ? { cycle: (property(report, 'closing') ?? null) === null ? 0 : states - loop }
      : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
  };
}

export type Verdict =
  /** The property that it names does not hold, and the types hold along the counterexample. */
  | 'killed'
  | 'SURVIVED'
  /** Something else does not hold before. */
  | 'KILLED BY ANOTHER'
  /** The run said nothing about the specification. */
  | 'FAILED';

/** What a run of a mutant with its property comes to. */
export function judged(end: RunEnd, killer: string): Verdict {
  switch (end.result) {
    case 'ok':
      return 'SURVIVED';
    case 'safety':
    case 'liveness':
      // TLC does not name the temporal property that is violated; then it is the only one that is configured.
      return end.violated === killer || (end.result === 'liveness' && end.violated === undefined)
        ? 'killed'
        : 'KILLED BY ANOTHER';
    case 'deadlock':
      return 'KILLED BY ANOTHER';
    default:
      return 'FAILED';
  }
}

/** Outcomes for programs. */
import {
  writeItfValue,
  writeJson,
  type Trace,
  type TraceAction,
  type TraceValue,
} from '../../tla-json-trace/index.ts';
import { formatPlace } from '../errors.ts';
import type { JsonValue } from '../explore/companion.ts';
import type { Finding } from '../explore/finding.ts';
import type { Figures, Outcome, Verdict } from '../explore/outcome.ts';
import { actionsNeverTaken } from './text.ts';
import { counterexampleOf } from './trace-values.ts';

/** The one word for how a check ended. */
export type Result =
  | 'ok'
  | 'assumption'
  | 'deadlock'
  | 'safety'
  | 'liveness'
  | 'evaluation-error'
  | 'unsupported'
  | 'mismatch'
  | 'interrupted'
  /** The time that was given is over; what was done is kept. */
  | 'unfinished';

export function resultOf(verdict: Verdict): Result {
  switch (verdict.kind) {
    case 'ok':
      return 'ok';
    case 'interrupted':
      return 'interrupted';
    case 'assumption':
      return verdict.finding === undefined ? 'assumption' : findingResult(verdict.finding);
    case 'postcondition':
      return verdict.finding === undefined ? 'safety' : findingResult(verdict.finding);
    case 'liveness':
      return 'liveness';
    case 'found':
      return findingResult(verdict.finding);
  }
}

function findingResult(finding: Finding): Result {
  switch (finding.kind) {
    case 'invariant':
    case 'initial-property':
    case 'step-property':
      return 'safety';
    case 'deadlock':
      return 'deadlock';
    case 'evaluation':
      return finding.error === 'unsupported' ? 'unsupported' : 'evaluation-error';
    case 'ambiguous':
    case 'mismatch':
    case 'remembered':
      return 'mismatch';
  }
}

/** Exit status of a command that ends so. */
export function exitStatus(result: Result): number {
  switch (result) {
    case 'ok':
    case 'unfinished':
      return 0;
    case 'assumption':
    case 'deadlock':
    case 'safety':
    case 'liveness':
    case 'mismatch':
      return 1;
    case 'evaluation-error':
    case 'unsupported':
      return 3;
    case 'interrupted':
      return 130;
  }
}

/** What does not hold, as the configuration file names it, and the part of it that TLC names; null when it has no name. */
export function violatedBy(verdict: Verdict): {
  readonly property: string | null;
  readonly part: string | null;
} {
  if (verdict.kind === 'assumption' || verdict.kind === 'postcondition') {
    const { name } = verdict.predicate;
    return { property: name, part: name };
  }
  if (verdict.kind === 'found' && 'property' in verdict.finding) {
    return { property: verdict.finding.property, part: verdict.finding.name };
  }
  if (verdict.kind === 'liveness') return { property: verdict.property, part: verdict.property };
  return { property: null, part: null };
}

function errorOf(verdict: Verdict): JsonValue {
  if (verdict.kind === 'ok' || verdict.kind === 'interrupted' || verdict.kind === 'liveness') return null;
  const { finding } = verdict;
  if (finding?.kind === 'mismatch') return { summary: finding.summary, detail: finding.detail };
  if (finding?.kind !== 'evaluation') return null;
  const { place, sentence, during } = finding;
  return { message: sentence, during, place: place === undefined ? null : formatPlace(place) };
}

/** A value in ITF's notation; integers are plain numbers, since TLC's have 32 bits. */
function plainValue(value: TraceValue): JsonValue {
  const parsed: unknown = JSON.parse(writeJson(writeItfValue(value)), (_key, item: unknown) => {
    if (typeof item === 'object' && item !== null && '#bigint' in item) return Number(item['#bigint']);
    return item;
  });
  return parsed as JsonValue; // what JSON.parse gives is JSON
}

/** The states of a trace, each with the step that led to it (null for the first) and its variables in ITF's notation. */
export function statesJson(states: Trace['states']): JsonValue {
  return states.map(({ action, values }) => ({ action: actionJson(action), state: plainValues(values) }));
}

function plainValues(values: ReadonlyMap<string, TraceValue>): JsonValue {
  return Object.fromEntries([...values].map(([name, value]) => [name, plainValue(value)]));
}

function actionJson(action: TraceAction | undefined): JsonValue {
  if (action === undefined) return null;
  return {
    name: action.name,
    parameters: plainValues(action.parameters),
    ...(action.place === undefined ? {} : { place: { ...action.place } }),
  };
}

/** What both engines say of a run. */
export interface RunFacts {
  readonly engine: string;
  readonly workers: number;
  readonly seconds: number;
}

export function figuresJson(figures: Figures): Readonly<Record<string, JsonValue>> {
  return {
    generated: figures.generated,
    distinct: figures.distinct,
    depth: figures.depth,
    queue: figures.queue,
    actions: figures.actions.map(({ action, generated, distinct, outside }) => ({
      name: action.name,
      place: formatPlace(action.place),
      generated,
      distinct,
      outside,
    })),
    neverTaken: actionsNeverTaken(figures),
  };
}

/** The object that `--json` prints. */
export function outcomeJson(
  variables: readonly string[],
  outcome: Outcome,
  facts: RunFacts,
): Readonly<Record<string, JsonValue>> {
  const { verdict, figures, graph } = outcome;
  const trace = counterexampleOf(variables, verdict);
  return {
    engine: facts.engine,
    result: resultOf(verdict),
    ...figuresJson(figures),
    seconds: facts.seconds,
    workers: facts.workers,
    ...violatedBy(verdict),
    error: errorOf(verdict),
    trace: trace === undefined ? null : statesJson(trace.states),
    // Where the last state goes on, counted from 0, and by which action: none if it is repeated for ever.
    ...(trace?.loop === undefined ? {} : { loop: trace.loop, closing: actionJson(trace.closing) }),
    ...(graph === undefined ? {} : { graph: { ...graph } }),
  };
}

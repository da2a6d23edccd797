/** Where a server can be (role and phase), and which actions lead it from where to where: read off a state graph. */
import type { LoadedModel } from '../tla/explore/model-check.ts';
import { modelCheck } from '../tla/explore/model-check.ts';
import { SEPARATOR } from './phase-companion.ts';

export interface PhaseGraph {
  /** Role and phase, `FOLLOWING DISCOVERY`, sorted. */
  readonly places: readonly string[];
  /** Sorted by source, target and action. */
  readonly steps: readonly PhaseStep[];
}

export interface PhaseStep {
  readonly from: string;
  readonly to: string;
  readonly action: string;
  /** Edges of the state graph in which it happens. */
  readonly edges: number;
}

/**
 * Explores the model.
 * @throws Error if the model does not hold or the exploration was interrupted: a picture of a part would be wrong
 */
export async function phaseGraphOf(model: LoadedModel, workers: number): Promise<PhaseGraph> {
  const url = new URL('./phase-companion.ts', import.meta.url).href;
  const { verdict, figures } = await modelCheck(model, { workers, companion: { url, options: null } });
  if (verdict.kind !== 'ok') throw new Error(`the model ends with ${verdict.kind}; check it first`);
  return phaseGraph(figures.counters);
}

/** The graph that the companion's counters stand for. */
export function phaseGraph(counters: Readonly<Record<string, number>>): PhaseGraph {
  return sorted(
    Object.entries(counters).map(([counter, edges]): PhaseStep => {
      const [from = '', action = '', to = ''] = counter.split(SEPARATOR);
      return { from, action, to, edges };
    }),
  );
}

/** What happens in any of the graphs, counted in all of them. */
export function union(graphs: readonly PhaseGraph[]): PhaseGraph {
  const steps = new Map<string, PhaseStep>();
  for (const step of graphs.flatMap((graph) => graph.steps)) {
    const key = [step.from, step.action, step.to].join(SEPARATOR);
    steps.set(key, { ...step, edges: step.edges + (steps.get(key)?.edges ?? 0) });
  }
  return sorted([...steps.values()]);
}

function sorted(steps: readonly PhaseStep[]): PhaseGraph {
  const places = [...new Set(steps.flatMap(({ from, to }) => [from, to]))].sort(compareText);
  const order = (a: PhaseStep, b: PhaseStep): number =>
    compareText(a.from, b.from) || compareText(a.to, b.to) || compareText(a.action, b.action);
  return { places, steps: [...steps].sort(order) };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

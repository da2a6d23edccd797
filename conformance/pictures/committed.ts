/** The pictures that stand in `spec/pictures`, and what each is made from. */
import { join } from 'node:path';

import type { LoadedModel } from '../tla/explore/model-check.ts';
import { readTraceFile } from '../tla-json-trace/index.ts';
import { phaseDiagram } from './phase-diagram.ts';
import { phaseGraphOf, union, type PhaseGraph } from './phase-graph.ts';
import { runOfFile } from './run-of-trace.ts';
import type { StepRange } from './rows.ts';
import { spaceTimeDiagram } from './space-time.ts';

export const PICTURES_FOLDER = 'spec/pictures';

/** The models whose graphs the phases are read off: all faults, leaders that meet, logs that differ. */
export const PHASES_MODELS: readonly string[] = ['quick', 'stale', 'succession'];
export const PHASES_FILE = 'phases.svg';

export interface TracePicture extends StepRange {
  readonly file: string;
  readonly title: string;
  /** In `traces/`. */
  readonly trace: string;
}

export const TRACE_PICTURES: readonly TracePicture[] = [
  {
    file: 'discovery.svg',
    title: 'Phase 1, discovery: a quorum promises an epoch, and says how far its histories reach',
    trace: 'proposal-before-uptodate.itf.json',
    from: 1,
    to: 12,
  },
  {
    file: 'synchronization.svg',
    title:
      'Phase 2, synchronization: a quorum takes over the history of the leader, one proposal coming meanwhile',
    trace: 'proposal-before-uptodate.itf.json',
    from: 12,
    to: 23,
  },
  {
    file: 'broadcast.svg',
    title: 'Phase 3, broadcast: a transaction is proposed, reaches the disks of a quorum, and is delivered',
    trace: 'delivered-by-all.itf.json',
    from: 11,
    to: 19,
  },
];

/** The diagram of some steps of a trace; `root` is the folder of the repository. */
export function tracePicture(root: string, { title, trace, from, to }: TracePicture): string {
  const file = join(root, 'traces', trace);
  const run = runOfFile(readTraceFile(file), trace);
  return spaceTimeDiagram({ ...run, title, trace }, { from, to });
}

/** The diagram of the phases; explores the models. */
export async function phasesPicture(
  load: (name: string) => Promise<LoadedModel>,
  workers: number,
): Promise<string> {
  const graphs: PhaseGraph[] = [];
  for (const name of PHASES_MODELS) graphs.push(await phaseGraphOf(await load(name), workers));
  return phaseDiagram(union(graphs), PHASES_MODELS);
}

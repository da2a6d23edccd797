/** The corpus under `zab conformance`: made again, compared with what is committed, and replayed. */
import { join } from 'node:path';

import type { JsonValue } from '../tla/explore/companion.ts';
import { findModel, readModel } from './models.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { CORPUS_FOLDER } from './traces.ts';

export interface CorpusReport {
  readonly holds: boolean;
  readonly traces: number;
  readonly steps: number;
  readonly mismatches: number;
  /** Files that are not what the present specification makes. */
  readonly differences: readonly string[];
  readonly scenarios: readonly JsonValue[];
}

export async function conformanceCorpus(
  terminal: Terminal,
  say: (line: string) => void,
): Promise<CorpusReport> {
  const { compareCorpus, makeCorpus } = await import('../replay/corpus.ts');
  const { SCENARIOS } = await import('../replay/scenarios.ts');
  const { TraceReplayer } = await import('../replay/trace-replay.ts');
  const { loadModel } = await import('../tla/explore/model-check.ts');
  const started = performance.now();
  const progress = new Progress(terminal);
  const corpus = await makeCorpus({
    load: async (name) => loadModel(await readModel(findModel(name)), () => undefined),
    signal: terminal.signal,
    onProgress: (what) => {
      progress.show(what);
    },
  });
  const differences = compareCorpus(CORPUS_FOLDER, corpus);
  let steps = 0;
  let mismatches = 0;
  let traces = 0;
  if (differences.length === 0) {
    const replayer = new TraceReplayer();
    for (const { file } of corpus.entries) {
      progress.show(`replays ${file}`);
      const done = await replayer.replay(join(CORPUS_FOLDER, file));
      traces += 1;
      steps += done.steps;
      if (done.mismatch === undefined) continue;
      mismatches += 1;
      progress.clear();
      say(`MISMATCH in ${file}, step ${done.mismatch.step}: ${done.mismatch.summary}`);
    }
  }
  progress.clear();
  for (const { name, model, milestone } of corpus.missing) {
    say(`No behaviour of ${model} shows milestone ${milestone + 1} of the scenario ${name}.`);
  }
  for (const difference of differences) say(`Corpus: ${difference}; npx zab traces makes it again.`);
  const found = SCENARIOS.length - corpus.missing.length;
  say(
    `Corpus: ${found} of ${SCENARIOS.length} scenarios found, ${corpus.entries.length} traces made again, ` +
      `${differences.length} files differ, ${traces} replayed in ${steps} steps, ` +
      `${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  return {
    holds: corpus.missing.length === 0 && differences.length === 0 && mismatches === 0,
    traces,
    steps,
    mismatches,
    differences,
    scenarios: SCENARIOS.map(({ name, sentence, model }) => {
      const entry = corpus.entries.find(({ file }) => file === `${name}.itf.json`);
      return { name, sentence, model, found: entry !== undefined, states: entry?.states ?? 0 };
    }),
  };
}

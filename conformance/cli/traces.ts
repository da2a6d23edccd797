/** `zab traces`: makes the corpus. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Subcommand } from './command.ts';
import { UsageError } from './failure.ts';
import { findModel, readModel } from './models.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

interface TracesOptions {
  readonly out: string;
  readonly json?: true;
}

/** Where the committed corpus is. */
export const CORPUS_FOLDER = fileURLToPath(new URL('../../traces', import.meta.url));

export const traces: Subcommand = {
  declare(program, run) {
    program
      .command('traces')
      .description('Make the corpus of traces from the specification: scenarios and random walks.')
      .option('--out <folder>', 'where it goes; what is there is replaced', CORPUS_FOLDER)
      .option('--json', 'print one JSON object')
      .action((options: TracesOptions) => {
        run((terminal) => makeTraces(options, terminal));
      });
  },
};

async function makeTraces(options: TracesOptions, terminal: Terminal): Promise<number> {
  const { out } = options;
  if (out === '') throw new UsageError('--out needs the name of a folder');
  if (existsSync(out) && !isCorpus(out)) {
    throw new UsageError(`${out} holds other things than a corpus; name another folder with --out`);
  }
  const { makeCorpus, writeCorpus } = await import('../replay/corpus.ts');
  const { loadModel } = await import('../tla/explore/model-check.ts');
  const progress = new Progress(terminal);
  const corpus = await makeCorpus({
    load: async (name) =>
      loadModel(await readModel(findModel(name)), (line) => {
        terminal.note(`${line}\n`);
      }),
    signal: terminal.signal,
    onProgress: (what) => {
      progress.show(what);
    },
  });
  progress.clear();
  const states = corpus.entries.reduce((sum, entry) => sum + entry.states, 0);
  const edges = states - corpus.entries.length;
  const { missing } = corpus;
  if (missing.length === 0) writeCorpus(out, corpus);
  if (options.json === true) {
    terminal.out(`${JSON.stringify({ files: corpus.entries.length, states, edges, missing })}\n`);
  } else {
    for (const { name, model, milestone } of missing) {
      terminal.out(`No behaviour of ${model} shows milestone ${milestone + 1} of the scenario ${name}.\n`);
    }
    if (missing.length === 0) {
      terminal.out(`${corpus.entries.length} traces with ${states} states and ${edges} edges in ${out}\n`);
    } else terminal.out('Nothing was written.\n');
  }
  return missing.length === 0 ? 0 : 1;
}

/** Nothing, or traces with an index: what may be replaced. */
function isCorpus(folder: string): boolean {
  return readdirSync(folder).every((name) => name === 'index.json' || name.endsWith('.itf.json'));
}

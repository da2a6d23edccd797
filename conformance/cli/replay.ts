/** `zab replay`: drives the peers along trace files. */
import type { Subcommand } from './command.ts';
import type { Terminal } from './terminal.ts';

interface ReplayOptions {
  readonly around?: true;
  readonly json?: true;
}

export const replay: Subcommand = {
  declare(program, run) {
    program
      .command('replay')
      .description('Drive the peers along traces of the specification, and compare every state.')
      .argument('<trace...>', 'files in ITF, or in the JSON form of TLC')
      .option('--around', 'in each state also try all other steps, refusals, and crashes between effects')
      .option('--json', 'print one JSON object')
      .action((files: string[], options: ReplayOptions) => {
        run((terminal) => replayTraces(files, options, terminal));
      });
  },
};

async function replayTraces(
  files: readonly string[],
  options: ReplayOptions,
  terminal: Terminal,
): Promise<number> {
  const { TraceReplayer } = await import('../replay/trace-replay.ts');
  const replayer = new TraceReplayer();
  let steps = 0;
  const mismatches = [];
  for (const file of files) {
    const done = await replayer.replay(file, { around: options.around === true });
    steps += done.steps;
    if (done.mismatch === undefined) {
      if (options.json !== true) terminal.out(`${file}: ${done.steps} steps, no mismatch\n`);
      continue;
    }
    const { summary, detail, step } = done.mismatch;
    mismatches.push({ file, step, summary, detail });
    if (options.json !== true) {
      terminal.out(
        `${file}: mismatch at step ${step}\n  ${summary}\nTo repeat: npx zab replay ${options.around === true ? '--around ' : ''}${file}\n`,
      );
    }
  }
  if (options.json === true) {
    terminal.out(
      `${JSON.stringify({ traces: files.length, steps, mismatches: mismatches.length, found: mismatches })}\n`,
    );
  }
  return mismatches.length === 0 ? 0 : 1;
}

/** `zab picture`: draws a trace as a space-time diagram. */
import type { Subcommand } from './command.ts';
import { UsageError } from './failure.ts';
import { wholeNumber } from './options.ts';
import type { Terminal } from './terminal.ts';

interface PictureOptions {
  readonly from?: number;
  readonly to?: number;
  readonly output?: string;
  readonly json?: true;
}

export const picture: Subcommand = {
  declare(program, run) {
    program
      .command('picture')
      .description('Draw a trace: servers as lines, messages as arrows, steps as marks. SVG.')
      .argument('<trace>', 'a file in ITF, or in the JSON form of TLC')
      .option('--from <n>', 'first step to draw (default: 1)', wholeNumber(1))
      .option('--to <n>', 'last step to draw (default: the last one)', wholeNumber(1))
      .option('-o, --output <file>', 'where to write it, a name that ends in .svg (default: standard output)')
      .option('--json', 'with --output: print one JSON object')
      .action((trace: string, options: PictureOptions) => {
        run((terminal) => drawTrace(trace, options, terminal));
      });
  },
};

async function drawTrace(file: string, options: PictureOptions, terminal: Terminal): Promise<number> {
  const { output, json } = options;
  if (output !== undefined && !output.endsWith('.svg')) {
    throw new UsageError(`--output ${output}: the name must end in .svg`);
  }
  if (json === true && output === undefined) {
    throw new UsageError('--json leaves no room for the picture on standard output; add --output FILE.svg');
  }
  const { readTraceFile, writeTextFile } = await import('../tla-json-trace/index.ts');
  const { runOfFile } = await import('../pictures/run-of-trace.ts');
  const { spaceTimeDiagram } = await import('../pictures/space-time.ts');
  const traced = runOfFile(readTraceFile(file), file);
  const last = traced.steps.length;
  const { from = 1, to = last } = options;
  if (last === 0) throw new UsageError(`${file}: the trace has one state and no step to draw`);
  if (from > last || to > last) {
    throw new UsageError(`${file} has ${last} steps; --from and --to must be among them`);
  }
  if (from > to) throw new UsageError(`--from ${from} is after --to ${to}`);
  const svg = spaceTimeDiagram(traced, { from, to });
  if (output === undefined) {
    terminal.out(svg);
    return 0;
  }
  writeTextFile(output, svg);
  const steps = to - from + 1;
  if (json === true) terminal.out(`${JSON.stringify({ file: output, steps })}\n`);
  else terminal.out(`${output}: ${steps} steps\n`);
  return 0;
}

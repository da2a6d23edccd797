/** `zab bench`: load and latency of an ensemble of processes, beside another's. */
import { tmpdir } from 'node:os';

import { Option } from 'commander';

import type { Subcommand } from './command.ts';
import { UsageError } from './failure.ts';
import { wholeNumber } from './options.ts';
import type { Terminal } from './terminal.ts';

interface BenchOptions {
  readonly op: 'setData';
  readonly connections: number;
  readonly outstanding?: number;
  readonly rate?: number;
  readonly payload: number;
  readonly seconds: number;
  readonly warmup: number;
  readonly servers: number;
  readonly runs?: number;
  readonly against?: 'zookeeper';
  readonly dir: string;
  readonly json?: true;
}

const OUTSTANDING = 200;
/** In an open loop the rate decides how many are under way; this bounds memory. */
const OUTSTANDING_OPEN = 10_000;
const RUNS_AGAINST = 2;

export const bench: Subcommand = {
  declare(program, run) {
    program
      .command('bench')
      .description('Measure throughput and latency of an ensemble that is started for it.')
      .addOption(new Option('--op <operation>', 'what is asked for').choices(['setData']).default('setData'))
      .option('--connections <n>', 'sessions, spread over the servers', wholeNumber(1, 10_000), 6)
      .option(
        '--outstanding <n>',
        `requests under way on each connection (default: ${OUTSTANDING})`,
        wholeNumber(1, 100_000),
      )
      .option(
        '--rate <n>',
        'requests a second in all, sent whether or not answers come; latency counts from when each was due',
        wholeNumber(1, 10_000_000),
      )
      .option('--payload <bytes>', 'data of each request', wholeNumber(0, 1_000_000), 100)
      .option('--seconds <n>', 'measured time', wholeNumber(1, 86_400), 10)
      .option('--warmup <seconds>', 'time before it', wholeNumber(0, 3600), 3)
      .option('--servers <n>', 'how many', wholeNumber(2, 99), 3)
      .option(
        '--runs <n>',
        `how often each is measured, in turn (default: 1; with --against ${RUNS_AGAINST})`,
        wholeNumber(1, 1000),
      )
      .addOption(
        new Option('--against <other>', "the same load on Apache ZooKeeper's servers").choices(['zookeeper']),
      )
      .option('--dir <directory>', 'data is kept below it meanwhile', tmpdir())
      .option('--json', 'print one JSON object instead of tables')
      .action((options: BenchOptions) => {
        run((terminal) => runBench(options, terminal));
      });
  },
};

/** @returns 0, or 1 when the benchmark could not be brought to its end */
async function runBench(options: BenchOptions, terminal: Terminal): Promise<number> {
  const { rate, against, json } = options;
  const { whyNoApacheServer } = await import('../../impl/server/testing/apache-server.ts');
  const { runBenchmark } = await import('../../benchmarks/macro/benchmark.ts');
  const { isInMemory } = await import('../../benchmarks/load/in-memory.ts');
  const { BenchmarkError } = await import('../../benchmarks/load/benchmark-error.ts');
  const { reportLines } = await import('../../benchmarks/macro/report.ts');
  const missing = against === undefined ? undefined : whyNoApacheServer();
  if (missing !== undefined) throw new UsageError(`--against zookeeper: ${missing}`);
  if (await isInMemory(options.dir)) {
    terminal.note(`${options.dir} is in memory, where a sync costs nothing; --dir names another place\n`);
  }
  try {
    const result = await runBenchmark(
      {
        servers: options.servers,
        runs: options.runs ?? (against === undefined ? 1 : RUNS_AGAINST),
        against,
        directory: options.dir,
        connections: options.connections,
        outstanding: options.outstanding ?? (rate === undefined ? OUTSTANDING : OUTSTANDING_OPEN),
        ratePerSecond: rate,
        payloadBytes: options.payload,
        warmupSeconds: options.warmup,
        seconds: options.seconds,
      },
      {
        starting: (target) => {
          progress(terminal, `${target}: starts\n`);
        },
        running: (target, run) => {
          progress(terminal, `${target}: run ${run}\n`);
        },
      },
      terminal.signal,
    );
    terminal.out(json === true ? `${JSON.stringify(result)}\n` : `${reportLines(result).join('\n')}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof BenchmarkError) || terminal.signal.aborted) throw error;
    terminal.note(`zab: ${error.message}\n`);
    if (json === true)
      terminal.out(`${JSON.stringify({ error: { kind: 'benchmark', message: error.message } })}\n`);
    return 1;
  }
}

function progress(terminal: Terminal, text: string): void {
  if (terminal.interactive) terminal.note(text);
}

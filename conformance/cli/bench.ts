/** `zab bench`: load and latency of an ensemble of processes, beside another's. */
import { access, constants, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Argument, Option } from 'commander';

import type { BenchmarkProgress, ScenarioContext } from '../../benchmarks/macro/benchmark-options.ts';
import { SCENARIOS, type ScenarioName, type ScenarioResult } from '../../benchmarks/macro/results.ts';
import type { ScenarioPlan } from '../../benchmarks/macro/scenarios.ts';
import {
  ascending,
  bytes,
  LEVELS,
  LOG_BYTES,
  OUTSTANDING,
  PAUSE_SECONDS,
  plansOf,
  type BenchArguments,
} from './bench-plan.ts';
import type { Subcommand } from './command.ts';
import { failureOf, UsageError } from './failure.ts';
import { minutes, wholeNumber } from './options.ts';
import type { Terminal } from './terminal.ts';

export const bench: Subcommand = {
  declare(program, run) {
    program
      .command('bench')
      .description('Measure throughput and latency of an ensemble that is started for it.')
      .addArgument(new Argument('[scenario...]', 'what is done (default: load)').choices(SCENARIOS))
      .addOption(new Option('--op <operation>', 'what is asked for').choices(['setData']).default('setData'))
      .option(
        '--connections <n>',
        'sessions, spread over the servers (default: 6; sweep: 10)',
        wholeNumber(1, 10_000),
      )
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
      .option(
        '--seconds <n>',
        'measured time (default: 10; sweep, direct: 5; kill-leader: 20)',
        wholeNumber(1, 86_400),
      )
      .option('--minutes <n>', 'the same in minutes', minutes)
      .option('--warmup <seconds>', 'time before it', wholeNumber(0, 3600), 3)
      .option('--servers <n>', 'how many', wholeNumber(2, 99), 3)
      .option(
        '--runs <n>',
        'how often each is measured, in turn (default: 1; direct, and load with --against: 2)',
        wholeNumber(1, 1000),
      )
      .addOption(
        new Option('--against <other>', "the same load on Apache ZooKeeper's servers").choices(['zookeeper']),
      )
      .option(
        '--levels <list>',
        `sweep: requests under way, over all connections (default: ${LEVELS.join(',')})`,
        ascending(1, 1_000_000),
      )
      .option('--rates <list>', 'sweep: requests a second instead', ascending(1, 10_000_000))
      .option('--log-size <size>', `log-size: where it ends (default: ${LOG_BYTES / 1e9}GB)`, bytes)
      .option(
        '--pause <seconds>',
        `pause-follower: how long (default: ${PAUSE_SECONDS})`,
        wholeNumber(1, 3600),
      )
      .option('--dir <directory>', 'data is kept below it meanwhile', tmpdir())
      .option('--html <file>', 'write a page with plots')
      .option('--results <files...>', 'make the page of what --json printed earlier, and measure nothing')
      .option('--json', 'print one JSON object instead of tables')
      .action((names: readonly ScenarioName[], given: BenchArguments) => {
        run((terminal) => runBench(names, given, terminal));
      });
  },
};

/**
 * @returns 0, or the exit status of what kept the benchmark from its end
 * @throws BenchmarkError when nothing was measured before that
 */
async function runBench(
  names: readonly ScenarioName[],
  given: BenchArguments,
  terminal: Terminal,
): Promise<number> {
  const { html, results: files } = given;
  if (html !== undefined) await mayWrite(html);
  if (files !== undefined) {
    if (html === undefined) throw new UsageError('--results makes a page: --html says where');
    if (names.length > 0) throw new UsageError('--results measures nothing: no scenario may be named');
    const results = await Promise.all(files.map(readResults));
    await writePage(html, results.flat()).catch((error: unknown) => {
      // Something is missing that was printed.
      if (!(error instanceof TypeError)) throw error;
      throw new UsageError(
        `--results: ${files.join(', ')}: what --json printed is expected as it was printed`,
      );
    });
    return 0;
  }
  return measure(plansOf(names, given), given, terminal);
}

async function measure(
  plans: readonly ScenarioPlan[],
  given: BenchArguments,
  terminal: Terminal,
): Promise<number> {
  const { dir, against, html, json } = given;
  const { whyNoApacheServer } = await import('../../impl/server/testing/apache-server.ts');
  const { isInMemory } = await import('../../benchmarks/load/in-memory.ts');
  const { reportLines } = await import('../../benchmarks/macro/report.ts');
  const { runScenario } = await import('../../benchmarks/macro/scenarios.ts');
  const missing = against === undefined ? undefined : whyNoApacheServer();
  if (missing !== undefined) throw new UsageError(`--against zookeeper: ${missing}`);
  if (await isInMemory(dir)) {
    terminal.note(`${dir} is in memory, where a sync costs nothing; --dir names another place\n`);
  }
  const results: ScenarioResult[] = [];
  try {
    for (const plan of plans) {
      const result = await runScenario(plan, contextOf(plan, terminal));
      results.push(result);
      if (json === true) continue;
      terminal.out(`${results.length > 1 ? '\n' : ''}${reportLines(result).join('\n')}\n`);
    }
  } catch (error) {
    if (results.length === 0) throw error;
    return tellIncomplete(results, error, given, terminal);
  }
  const [only] = results;
  if (json === true)
    terminal.out(`${JSON.stringify(results.length === 1 ? only : { scenarios: results })}\n`);
  if (html !== undefined) await writePage(html, results);
  return 0;
}

/**
 * Tells what was measured before a scenario failed: it may have taken hours.
 * @returns the exit status that the failure has
 */
async function tellIncomplete(
  results: readonly ScenarioResult[],
  error: unknown,
  { html, json }: BenchArguments,
  terminal: Terminal,
): Promise<number> {
  // What is not a failure, an interrupt or a bug, is told by whoever called this.
  const failure = terminal.signal.aborted ? undefined : failureOf(error);
  if (json === true) {
    const incomplete = { scenarios: results, ...(failure !== undefined && { error: failure.json }) };
    terminal.out(`${JSON.stringify(incomplete)}\n`);
  }
  if (html !== undefined) {
    await writePage(html, results).catch((unwritten: unknown) => {
      terminal.note(`zab: --html ${html}: ${failureOf(unwritten)?.line ?? String(unwritten)}\n`);
    });
  }
  if (failure === undefined) throw error;
  terminal.note(`zab: ${failure.line}\n`);
  return failure.status;
}

function contextOf({ scenario, options }: ScenarioPlan, terminal: Terminal): ScenarioContext {
  const tell = (text: string): void => {
    if (terminal.interactive) terminal.note(text);
  };
  const progress: BenchmarkProgress = {
    starting: (target) => {
      tell(`${scenario}, ${target}: starts\n`);
    },
    running: (target, what) => {
      tell(`${scenario}, ${target}: ${what}\n`);
    },
  };
  return { options, progress, signal: terminal.signal };
}

/** A long run is not to end with a page that cannot be written. */
async function mayWrite(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() === true) throw new UsageError(`--html ${file}: it is a directory; name a file`);
  await access(found === undefined ? path.dirname(file) : file, constants.W_OK);
}

async function readResults(file: string): Promise<readonly ScenarioResult[]> {
  const { parseResults } = await import('../../benchmarks/page/parse-results.ts');
  const results = parseResults(await readFile(file, 'utf8'));
  if (typeof results === 'string') throw new UsageError(`--results ${file}: ${results}`);
  return results;
}

async function writePage(file: string, results: readonly ScenarioResult[]): Promise<void> {
  const { makePage } = await import('../../benchmarks/page/page.ts');
  await writeFile(file, await makePage(results));
}

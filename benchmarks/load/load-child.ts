/** A process of its own that generates load: what it and others use in the measured time, and what is done meanwhile. */
import { BenchmarkError } from './benchmark-error.ts';
import { endProcess, startModule } from './child.ts';
import type { LoadResult } from './generate.ts';
import { STOP, type LoadEvent, type LoadJob } from './load-job.ts';
import { ProcessMeter, type NamedProcess, type ProcessUsage } from './process-usage.ts';

/** A load that is being measured. */
export interface RunningLoad {
  /** Seconds since the measured time began. */
  readonly elapsedSeconds: () => number;
  /** Ends the measured time, unless it has ended. */
  readonly stop: () => void;
  /** Fulfilled when the measured time is over, also when the load has failed. */
  readonly measured: Promise<void>;
  /** Is it over? */
  readonly isOver: () => boolean;
}

export interface LoadChildOptions {
  /** What runs in the process, by `serveJob`. */
  readonly module: URL;
  /** By which name what it uses is told. */
  readonly name?: string;
  readonly job: LoadJob;
  /** Other processes that are watched meanwhile. */
  readonly others: readonly NamedProcess[];
  readonly signal: AbortSignal;
  /** Called when the measured time begins, and waited for. It ends by itself when that is over. */
  readonly during?: (load: RunningLoad) => Promise<void>;
}

/**
 * Starts the module, sends it the job, and waits for the result.
 * @throws BenchmarkError when the load cannot be generated to its end, or when it is interrupted
 */
export async function runLoadChild(
  options: LoadChildOptions,
): Promise<{ readonly result: LoadResult; readonly usage: readonly ProcessUsage[] }> {
  const { module, name = 'load', job, others, signal } = options;
  const child = startModule(module);
  const processes = child.pid === undefined ? others : [...others, { name, pid: child.pid }];
  let meter: ProcessMeter | undefined;
  let usage: readonly ProcessUsage[] = [];
  let interrupt = (): void => undefined;
  let isOver = false;
  let measured = (): void => undefined;
  const isMeasured = new Promise<void>((resolve) => {
    measured = () => {
      isOver = true;
      resolve();
    };
  });
  const done = new Promise<LoadResult>((resolve, reject) => {
    let accompanied = Promise.resolve();
    let finished = false;
    const fail = (reason: string): void => {
      measured();
      reject(new BenchmarkError(reason));
    };
    interrupt = () => {
      fail('interrupted');
    };
    child.on('message', (message) => {
      // Our own process sends nothing else.
      const event = message as LoadEvent;
      switch (event.type) {
        case 'measuring': {
          meter = new ProcessMeter(processes);
          const begin = performance.now();
          const running: RunningLoad = {
            elapsedSeconds: () => (performance.now() - begin) / 1000,
            stop: () => {
              if (child.connected) child.send(STOP);
            },
            measured: isMeasured,
            isOver: () => isOver,
          };
          accompanied = options.during?.(running) ?? accompanied;
          // An error there ends the run at once.
          accompanied.catch(reject);
          break;
        }
        case 'measured':
          usage = meter?.stop() ?? [];
          measured();
          break;
        case 'done':
          finished = true;
          accompanied.then(() => {
            resolve(event.result);
          }, reject);
          break;
        case 'failed':
          fail(event.reason);
          break;
      }
    });
    child.once('error', (error) => {
      fail(error.message);
    });
    child.once('exit', () => {
      if (!finished) fail('the process that generates load has ended before its work was done');
    });
    signal.addEventListener('abort', interrupt);
    if (signal.aborted) interrupt();
  });
  try {
    child.send(job);
    return { result: await done, usage };
  } finally {
    signal.removeEventListener('abort', interrupt);
    meter?.stop();
    await endProcess(child);
  }
}

/** An ensemble whose servers live in this process: to try things out, and for tests. Disks and sockets are real. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { ServerId } from '../protocol/ensemble.ts';
import type { Address } from '../wire/notification.ts';
import { layOutEnsemble, type LayoutOptions } from './ensemble-layout.ts';
import { loadConfiguration } from './load-configuration.ts';
import { SILENT, type Logger } from './logger.ts';
import { ZabServer } from './server.ts';

export interface EnsembleOptions extends Omit<LayoutOptions, 'directory'> {
  /** Where data is kept; a temporary directory, gone after `stop`, if absent. */
  readonly directory?: string;
  readonly logger?: Logger;
  /** A server cannot go on, and has stopped; `serving` rejects with that too. */
  readonly failed?: (error: Error, server: ServerId) => void;
}

export interface Ensemble {
  /** In the order of their ids. */
  readonly servers: readonly ZabServer[];
  /** Where clients connect. */
  readonly addresses: readonly Address[];
  /** Waits until every server serves clients. Rejects after `timeoutMs`, and when a server has failed. */
  serving(timeoutMs?: number): Promise<void>;
  /** Stops all servers, also where one cannot stop in good order: then it rejects. */
  stop(): Promise<void>;
}

const POLL_MS = 10;

/**
 * Starts an ensemble. `size`: servers that vote, two or more; `observers`: further ones, which have no vote. Rejects when a
 * server cannot be started; then none runs.
 */
export async function createEnsemble(options: EnsembleOptions): Promise<Ensemble> {
  const { size, logger = SILENT } = options;
  if (!Number.isSafeInteger(size) || size < 2) {
    throw new RangeError(`size ${size}: an ensemble has two servers or more`);
  }
  const temporary = options.directory === undefined;
  const directory = options.directory ?? (await mkdtemp(path.join(tmpdir(), 'zab-ensemble-')));
  const servers: ZabServer[] = [];
  const failures: Error[] = [];
  const stop = async (): Promise<void> => {
    const stopped = await Promise.allSettled(servers.map((server) => server.stop()));
    if (temporary) await rm(directory, { recursive: true, force: true });
    allFulfilled(stopped);
  };
  try {
    const laidOut = await layOutEnsemble({ ...options, directory });
    const started = await Promise.allSettled(
      laidOut.map(async ({ id, configurationFile }) => {
        const { configuration } = await loadConfiguration(configurationFile);
        const failed = (error: Error): void => {
          failures.push(error);
          options.failed?.(error, id);
        };
        return ZabServer.start({ configuration, myId: id, logger, failed });
      }),
    );
    for (const result of started) if (result.status === 'fulfilled') servers.push(result.value);
    allFulfilled(started);
    return {
      servers,
      addresses: laidOut.map(({ clientPort }) => ({ host: '127.0.0.1', port: clientPort })),
      serving: (timeoutMs = 30_000) => allServe(servers, failures, timeoutMs),
      stop,
    };
  } catch (error) {
    // What went wrong first is what is told.
    await stop().catch(() => undefined);
    throw error;
  }
}

/** @throws the first reason why one was not fulfilled */
function allFulfilled(results: readonly PromiseSettledResult<unknown>[]): void {
  const rejected = results.find((result) => result.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
}

async function allServe(
  servers: readonly ZabServer[],
  failures: readonly Error[],
  timeoutMs: number,
): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (servers.some(({ mode }) => mode === 'looking')) {
    const [failure] = failures;
    if (failure !== undefined) throw failure;
    if (Date.now() > until) throw new Error(`no leader was established within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

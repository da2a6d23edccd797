/** An ensemble whose servers live in this process: to try things out, and for tests. Disks and sockets are real. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Address } from '../wire/notification.ts';
import { layOutEnsemble, type LayoutOptions } from './ensemble-layout.ts';
import { loadConfiguration } from './load-configuration.ts';
import { SILENT, type Logger } from './logger.ts';
import { ZabServer } from './server.ts';

export interface EnsembleOptions extends Omit<LayoutOptions, 'directory'> {
  /** Where data is kept; a temporary directory, gone after `stop`, if absent. */
  readonly directory?: string;
  readonly logger?: Logger;
}

export interface Ensemble {
  readonly servers: readonly ZabServer[];
  /** Where clients connect. */
  readonly addresses: readonly Address[];
  /** Waits until every server serves clients. Rejects after `timeoutMs`. */
  serving(timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
}

const POLL_MS = 10;

/** Starts an ensemble. `size`: servers that vote, two or more; `observers`: further ones, which have no vote. */
export async function createEnsemble(options: EnsembleOptions): Promise<Ensemble> {
  const { size, logger = SILENT } = options;
  if (!Number.isSafeInteger(size) || size < 2) {
    throw new RangeError(`size ${size}: an ensemble has two servers or more`);
  }
  const temporary = options.directory === undefined;
  const directory = options.directory ?? (await mkdtemp(path.join(tmpdir(), 'zab-ensemble-')));
  const servers: ZabServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    if (temporary) await rm(directory, { recursive: true, force: true });
  };
  try {
    const laidOut = await layOutEnsemble({ ...options, directory });
    await Promise.all(
      laidOut.map(async ({ id, configurationFile }) => {
        const { configuration } = await loadConfiguration(configurationFile);
        servers.push(await ZabServer.start({ configuration, myId: id, logger, failed: () => undefined }));
      }),
    );
    return {
      servers,
      addresses: laidOut.map(({ clientPort }) => ({ host: '127.0.0.1', port: clientPort })),
      serving: (timeoutMs = 30_000) => allServe(servers, timeoutMs),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function allServe(servers: readonly ZabServer[], timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (servers.some(({ mode }) => mode === 'looking')) {
    if (Date.now() > until) throw new Error(`no leader was established within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

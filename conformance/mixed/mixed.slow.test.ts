/** A sample of `npm run mixed`. Skipped where there is no server of Apache ZooKeeper. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { whyNoApacheServer } from '../../impl/server/testing/apache-server.ts';
import { play } from './play.ts';
import { Report } from './report.ts';
import { SCENARIOS } from './scenarios.ts';

const TIMEOUT_MS = 300_000;

const missing = whyNoApacheServer();
const directories: string[] = [];

afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

describe.skipIf(missing !== undefined)(`with Apache ZooKeeper${missing ? ` (${missing})` : ''}`, () => {
  for (const scenario of SCENARIOS.filter(({ name }) => ['apache-cut', 'ours-cut'].includes(name))) {
    it(scenario.about, { timeout: TIMEOUT_MS }, async () => {
      const directory = await mkdtemp(path.join(tmpdir(), 'zab-mixed-'));
      directories.push(directory);
      const lines: string[] = [];
      const report = new Report((line) => lines.push(line));
      await play(scenario, path.join(directory, scenario.name), report);
      expect(report.wrong, lines.join('\n')).toEqual([]);
    });
  }
});

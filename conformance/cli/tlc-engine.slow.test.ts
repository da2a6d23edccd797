import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findJar } from '../tlc/run.ts';
import { zab } from './captured-run.ts';

const MODELS = join(import.meta.dirname, '..', '..', 'spec', 'models');

const found = findJar();
const why = 'missing' in found ? ` (${found.missing})` : '';

describe.skipIf('missing' in found)(`zab check --engine tlc${why}`, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zab-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('takes a configuration that is not beside the module', async () => {
    const config = join(folder, 'shorter.cfg');
    const whole = readFileSync(join(MODELS, 'quick.cfg'), 'utf8');
    writeFileSync(config, whole.replace('MaxEpoch = 2', 'MaxEpoch = 1'));
    const { status, output, errors } = await zab(
      ...['check', join(MODELS, 'quick.tla'), '--config', config],
      ...['--engine', 'tlc', '--workers', '1', '--json'],
    );
    expect(errors).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      engine: 'tlc',
      result: 'ok',
      generated: 10673,
      distinct: 1662,
    });
  });
});

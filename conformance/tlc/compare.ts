/**
 * Compares our checker with TLC on the project's models: `npm run check:tlc [-- MODEL…] [--set NAME]`.
 *
 * Exit status 0: every figure is the same; 1: one differs, or a model could not be checked; 2: wrong use, or no TLC.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { differences, table, type Figures, type Row } from './figures.ts';
import { readModels } from './models.ts';
import { readCheckOutput } from './check-output.ts';
import { findJar, runTlc } from './run.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SPEC = join(ROOT, 'spec');
const MODELS = join(SPEC, 'models');

function main(args: readonly string[]): number {
  let names: readonly string[];
  try {
    names = choose(args);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const found = findJar();
  if ('missing' in found) return refuse(found.missing);

  const rows: Row[] = [];
  const complaints: string[] = [];
  for (const model of names) {
    const tlc = runTlc(found.jar, join(MODELS, `${model}.tla`), join(MODELS, `${model}.cfg`), SPEC);
    const ours = check(model);
    const told: string[] = [tlc, ours].filter((figures) => typeof figures === 'string');
    if (typeof tlc !== 'string' && typeof ours !== 'string') {
      told.push(...differences(tlc, ours));
      rows.push({ model, tlc, ours, same: told.length === 0 });
    }
    complaints.push(...told.map((line) => `${model}: ${line}`));
    process.stderr.write(`${model}: ${told.length === 0 ? 'the same' : told.join('; ')}\n`);
  }
  process.stdout.write(`${table(rows)}\n`);
  for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
  return complaints.length === 0 ? 0 : 1;
}

/** The models that the arguments name: those given, else those of a set; by default, all that have an end. */
function choose(args: readonly string[]): readonly string[] {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { set: { type: 'string', default: 'check' } },
    allowPositionals: true,
  });
  const index = join(MODELS, 'index.json');
  const models = readModels(index);
  const names =
    positionals.length > 0
      ? positionals
      : models.filter(({ sets }) => sets.includes(values.set)).map(({ name }) => name);
  if (names.length === 0) throw new Error(`${index}: no model in the set ${values.set}`);
  for (const name of names) {
    if (!models.some((model) => model.name === name)) throw new Error(`${index}: no model ${name}`);
    for (const ending of ['tla', 'cfg']) {
      const file = join(MODELS, `${name}.${ending}`);
      if (!existsSync(file)) throw new Error(`${file}: missing, though ${index} names the model ${name}`);
    }
  }
  return names;
}

function check(model: string): Figures | string {
  const run = spawnSync(process.execPath, [join(ROOT, 'conformance/cli/zab.mjs'), 'check', model, '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (run.error !== undefined) return `zab check could not be started (${run.error.message})`;
  return readCheckOutput(run.stdout, run.stderr, run.status);
}

function refuse(sentence: string): number {
  process.stderr.write(`check:tlc: ${sentence}\n`);
  return 2;
}

process.exitCode = main(process.argv.slice(2));

/**
 * `npm run mutants:spec`: runs each broken specification of `spec/mutants` with the one property that must kill it, each
 * model unbroken, and the mutants that claim to be killed by one property alone without that property. Exit status 0 when
 * everything came out as it should, 1 when not, 2 for wrong use or files that contradict each other.
 */
import { Command, InvalidArgumentError } from 'commander';
import { join } from 'node:path';

import { DefinitionReader } from '../../tla/definitions.ts';
import { TlaError } from '../../tla/errors.ts';
import { findJar } from '../../tlc/run.ts';
import { runCommand } from '../command.ts';
import { PROJECT_ROOT } from '../workshop.ts';
import { changesText } from './changes.ts';
import {
  CollectionError,
  readIndex,
  readMutant,
  type Checked,
  type SpecificationMutant,
} from './collection.ts';
import { controlsOf, withoutKiller } from './controls.ts';
import { explore, judged, type RunEnd } from './judge.ts';
import { readProperties, type SpecificationProperty } from './properties.ts';
import { cleanText, differ, markdownTable, mutantText, type CleanRow, type MutantRow } from './table.ts';
import { exploreWithTlc } from './tlc.ts';

const SPECIFICATION = join(PROJECT_ROOT, 'spec');

interface Options {
  readonly engine: 'zab' | 'tlc';
  readonly killsOnly?: true;
  readonly changes?: true;
  readonly markdown?: true;
  readonly json?: true;
}

async function main(named: readonly string[], options: Options, signal: AbortSignal): Promise<number> {
  const index = readIndex(join(SPECIFICATION, 'mutants'));
  const unknown = named.find((name) => !index.some((entry) => entry.name === name));
  if (unknown !== undefined) throw new CollectionError(`there is no mutant ${unknown} in spec/mutants`);
  if (options.markdown === true) {
    process.stdout.write(markdownTable(index));
    return 0;
  }
  const reader = await DefinitionReader.create();
  const mutants: SpecificationMutant[] = [];
  for (const entry of index) {
    if (named.length === 0 || named.includes(entry.name))
      mutants.push(await readMutant(SPECIFICATION, entry, reader));
  }
  if (options.changes === true) {
    for (const mutant of mutants) process.stdout.write(`${changesText(mutant)}\n`);
    return 0;
  }
  const jar = options.engine === 'tlc' ? findJar() : undefined;
  if (jar !== undefined && 'missing' in jar) throw new CollectionError(jar.missing);
  const properties = await readProperties(SPECIFICATION, reader);
  const print = (line: string): void => {
    if (options.json !== true) process.stdout.write(`${line}\n`);
  };
  const started = performance.now();

  const kills = await runMutants(mutants, options, signal, print);
  const clean = options.killsOnly === true ? [] : await runClean(mutants, properties, signal, print);
  const unkilling = named.length === 0 ? withoutKill(properties, mutants, kills) : [];
  for (const { module, name, model } of unkilling) {
    print(`${name} of ${module} (checked in ${model}) kills nothing: it needs a mutant`);
  }

  const good = (row: MutantRow): boolean =>
    row.verdict === 'killed' &&
    (row.tlc === undefined || (row.tlc.verdict === 'killed' && !differ(row.end, row.tlc.end)));
  const killed = kills.filter(good).length;
  const holding = clean.filter(({ end }) => end.result === 'ok').length;
  const ok = killed === kills.length && holding === clean.length && unkilling.length === 0;
  const seconds = (performance.now() - started) / 1000;
  print(
    `\n${killed} of ${kills.length} mutants killed by the property they name` +
      (clean.length === 0
        ? ''
        : `, ${holding} of ${clean.length} runs that must find nothing found nothing`) +
      `, ${seconds.toFixed(1)} s.`,
  );
  if (options.json === true) {
    const report = { result: ok ? 'ok' : 'failed', mutants: kills, clean, killNothing: unkilling, seconds };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  return ok ? 0 : 1;
}

type Print = (line: string) => void;

async function runMutants(
  mutants: readonly SpecificationMutant[],
  { engine }: Options,
  signal: AbortSignal,
  print: Print,
): Promise<MutantRow[]> {
  const nameWidth = widest(mutants.map(({ name }) => name));
  const propertyWidth = widest(mutants.map(({ property }) => property));
  const rows: MutantRow[] = [];
  for (const { name, jira, property, source } of mutants) {
    const { end, seconds } = await timed(() => explored(source.tla, () => explore(source, signal)));
    const tlc =
      engine === 'zab'
        ? undefined
        : await timed(() => explored(source.tla, () => exploreWithTlc(source.tla, signal)));
    const row: MutantRow = {
      ...{ name, jira, property, end, seconds },
      verdict: judged(end, property),
      ...(tlc === undefined ? {} : { tlc: { ...tlc, verdict: judged(tlc.end, property) } }),
    };
    rows.push(row);
    print(mutantText(row, nameWidth, propertyWidth));
  }
  return rows;
}

/** The models unbroken, and what claims to be killed by one property alone, without that property. */
async function runClean(
  mutants: readonly SpecificationMutant[],
  properties: readonly SpecificationProperty[],
  signal: AbortSignal,
  print: Print,
): Promise<CleanRow[]> {
  const runs = [
    ...controlsOf(mutants, properties).map(({ source, mutants: broken, checked }) => ({
      what: `unbroken: ${broken.join(', ')}`,
      source,
      checked,
    })),
    ...mutants
      .filter(({ alone }) => alone)
      .map((mutant) => ({
        what: `${mutant.name} without ${mutant.property}`,
        ...withoutKiller(mutant, properties),
      })),
  ];
  print('');
  const rows: CleanRow[] = [];
  for (const { what, source, checked } of runs) {
    const { end, seconds } = await timed(() => explored(source.tla, () => explore(source, signal)));
    const row = { what, checked: namesIn(checked), end, seconds };
    rows.push(row);
    print(cleanText(row));
  }
  return rows;
}

/** The properties of the specification that no mutant is killed by. */
function withoutKill(
  properties: readonly SpecificationProperty[],
  mutants: readonly SpecificationMutant[],
  kills: readonly MutantRow[],
): SpecificationProperty[] {
  const killing = new Set<string>();
  for (const { name, property, definitions } of mutants) {
    const row = kills.find((item) => item.name === name);
    if (row?.verdict === 'killed') killing.add(`${definitions.get(property)?.module ?? ''}!${property}`);
  }
  return properties.filter(({ name, module }) => !killing.has(`${module}!${name}`));
}

/** What is wrong with one mutant does not keep the others from being run. */
async function explored(tla: string, work: () => Promise<RunEnd>): Promise<RunEnd> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TlaError)) throw error;
    return { result: error.kind, distinct: 0, reason: `${tla}: ${error.message}` };
  }
}

async function timed(work: () => Promise<RunEnd>): Promise<{ end: RunEnd; seconds: number }> {
  const started = performance.now();
  const end = await work();
  return { end, seconds: (performance.now() - started) / 1000 };
}

function namesIn({ invariants, properties }: Checked): string[] {
  return [...invariants, ...properties];
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

function oneOfEngines(text: string): Options['engine'] {
  if (text !== 'zab' && text !== 'tlc') throw new InvalidArgumentError('It must be zab or tlc.');
  return text;
}

await runCommand(
  new Command('mutants:spec')
    .description(
      'Run each broken specification of spec/mutants, and see that the property it names kills it.',
    )
    .argument('[name...]', 'mutants; by default all of them')
    .option('--engine <engine>', 'tlc: run each with TLC too, and compare', oneOfEngines, 'zab')
    .option('--kills-only', 'leave out the runs that must find nothing')
    .option('--changes', 'print what each changes in the specification, and run nothing')
    .option('--markdown', 'print the table of spec/mutants/README.md, and run nothing')
    .option('--json', 'print one JSON object'),
  main,
  [CollectionError, TlaError],
);

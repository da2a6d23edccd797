/**
 * Makes each seeded bug in a copy of the project, and runs what must catch it. Exit status 0 when every mutant was caught
 * by what it names and the project without a change is clean, 1 when not, 2 for wrong use.
 */
import { Command, InvalidArgumentError } from 'commander';

import { runCommand } from './command.ts';
import { Falsifier, PROJECTED, type Projected } from './falsification.ts';
import { IMPLEMENTATION_MUTANTS } from './implementation-mutants.ts';
import { StaleChange, type Mutant } from './mutant.ts';
import { rowText, summaryText, type Row } from './table.ts';
import { Workshop } from './workshop.ts';
import { explore, isAsExpected, mismatchIn, type RunEnd } from './zab-run.ts';

const KINDS = ['impl', 'projection'] as const;
type Kind = (typeof KINDS)[number];

interface Options {
  readonly kind?: Kind;
  readonly workers: number;
  readonly json?: true;
}

async function main(named: readonly string[], options: Options, signal: AbortSignal): Promise<number> {
  const wanted = (kind: Kind, name: string): boolean =>
    (options.kind === undefined || options.kind === kind) && (named.length === 0 || named.includes(name));
  const mutants = IMPLEMENTATION_MUTANTS.filter(({ name }) => wanted('impl', name));
  const projected = PROJECTED.filter(({ name }) => wanted('projection', name));
  for (const name of named) {
    if ([...mutants, ...projected].some((mutant) => mutant.name === name)) continue;
    process.stderr.write(
      `mutants: there is no mutant ${name}${options.kind ? ` of kind ${options.kind}` : ''}\n`,
    );
    return 2;
  }
  const nameWidth = Math.max(...[...mutants, ...projected].map(({ name }) => name.length));
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    if (options.json !== true) process.stdout.write(`${rowText(row, nameWidth)}\n`);
  };

  const workshop = new Workshop();
  try {
    const run = { folder: workshop.folder, workers: options.workers, signal };
    // A change that cannot be made is found before the first run, not after minutes.
    for (const { changes } of mutants) await workshop.with(changes, () => Promise.resolve());
    for (const model of new Set(mutants.map(({ models: [first] }) => first))) {
      add(await timed((): Promise<Untimed> => control(model, () => explore(model, run))));
    }
    for (const mutant of mutants) {
      add(
        await timed(async () => {
          return workshop.with(mutant.changes, async () => {
            const [first, ...others] = mutant.models;
            let model = first;
            let end = await explore(model, run);
            for (const other of others) {
              if (end.kind !== 'clean') break;
              model = other;
              end = await explore(model, run);
            }
            return judged(mutant, model, end);
          });
        }),
      );
    }
  } finally {
    workshop.remove();
  }
  const falsifier = new Falsifier();
  for (const projection of projected) {
    signal.throwIfAborted();
    add(await timed(() => falsified(falsifier, projection, signal)));
  }

  const good = rows.every((row) => row.good);
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ result: good ? 'ok' : 'failed', rows })}\n`);
  else process.stdout.write(`${summaryText(rows)}\n`);
  return good ? 0 : 1;
}

type Untimed = Omit<Row, 'seconds'>;

async function timed(work: () => Promise<Untimed>): Promise<Row> {
  const started = performance.now();
  const row = await work();
  return { ...row, seconds: (performance.now() - started) / 1000 };
}

async function control(model: string, work: () => Promise<RunEnd>): Promise<Untimed> {
  const end = await work();
  const clean = end.kind === 'clean';
  return {
    kind: 'control',
    name: 'conformance',
    sentence: 'Nothing is changed.',
    model,
    good: clean,
    verdict: clean ? 'clean' : 'NOT CLEAN',
    ...(end.kind === 'found' ? { finding: end.finding } : {}),
    ...(end.kind === 'failed' ? { reason: end.reason } : {}),
  };
}

function judged(mutant: Mutant, model: string, end: RunEnd): Untimed {
  const { name, sentence, issue, caught } = mutant;
  const about = { kind: 'impl' as const, name, sentence, model, ...(issue === undefined ? {} : { issue }) };
  const reason = `To be caught by: ${caught.by} ${caught.what ?? ''}`.trimEnd();
  switch (end.kind) {
    case 'clean':
      return { ...about, good: false, verdict: 'SURVIVED', reason };
    case 'failed':
      return { ...about, good: false, verdict: 'FAILED', reason: end.reason };
    case 'found': {
      const { finding } = end;
      if (isAsExpected(mutant, finding)) return { ...about, good: true, verdict: 'caught', finding };
      return { ...about, good: false, verdict: 'CAUGHT BY ANOTHER', finding, reason };
    }
  }
}

async function falsified(falsifier: Falsifier, projected: Projected, signal: AbortSignal): Promise<Untimed> {
  const { name, variable, model } = projected;
  const { mismatch } = await falsifier.run(projected, signal);
  const finding =
    mismatch && mismatchIn({ models: [{ mismatch: { ...mismatch, steps: mismatch.path.length - 1 } }] });
  const good = finding?.by === 'variable' && finding.what === variable;
  return {
    kind: 'projection',
    name,
    sentence: `${variable} is projected as if it never changed.`,
    model,
    good,
    verdict: good ? 'caught' : finding === undefined ? 'SURVIVED' : 'CAUGHT BY ANOTHER',
    ...(finding === undefined ? {} : { finding }),
  };
}

function oneOfKinds(text: string): Kind {
  const kind = KINDS.find((name) => name === text);
  if (kind === undefined) throw new InvalidArgumentError(`It must be one of ${KINDS.join(', ')}.`);
  return kind;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a positive number.');
  return value;
}

await runCommand(
  new Command('mutants')
    .description('Seed each bug in a copy of the project, and see that it is caught.')
    .argument('[name...]', 'mutants or projected variables; by default all of them')
    .option('--kind <kind>', KINDS.join(', '), oneOfKinds)
    .option('--workers <n>', 'threads that explore', positive, 1)
    .option('--json', 'print one JSON object'),
  main,
  [StaleChange],
);

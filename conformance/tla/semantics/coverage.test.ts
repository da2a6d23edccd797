import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readConfigurationFile } from '../config/configuration-file.ts';
import { loadModel, modelCheck } from '../explore/model-check.ts';
import { CoverageUnion, coverageReport, unmet, type ModuleCoverage } from '../report/coverage.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coverage-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Explores a module of these lines, whose behaviours are Init and Next, and adds what was met to the union. */
async function cover(
  lines: readonly string[],
  given: { config?: string; workers?: number; union?: CoverageUnion } = {},
): Promise<ModuleCoverage> {
  const tla = join(folder, 'Test.tla');
  const text = ['---- MODULE Test ----', 'EXTENDS Integers, Sequences', ...lines, '====', ''];
  writeFileSync(tla, text.join('\n'));
  const config = join(folder, 'Test.cfg');
  writeFileSync(config, `INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n${given.config ?? ''}`);
  const configuration = await readConfigurationFile(config);
  const model = await loadModel({ tla, configuration, libraries: [], coverage: true }, () => undefined);
  const workers = given.workers ?? 1;
  const { verdict, figures } = await modelCheck(model, { workers, aloneStates: 0 });
  expect(verdict.kind).toBe('ok');
  const union = given.union ?? new CoverageUnion();
  union.add(model.specification.coverage?.goals ?? [], figures.coverage ?? []);
  const [module] = union.modules();
  if (module === undefined) throw new Error('the module has nothing to cover');
  return module;
}

/** What was not met, as `line: kind position/of within`, lines counted from the first one given. */
function missing(module: ModuleCoverage): string[] {
  return unmet(module).map(
    ({ goal }) => `${goal.place.line - 2}: ${goal.kind} ${goal.position}/${goal.of} in ${goal.within}`,
  );
}

describe('coverage finds', () => {
  it('an arm of IF that is never selected, in an action and in an operator that it calls', async () => {
    const covered = await cover([
      'VARIABLE x',
      'Init == x = 0',
      'Capped(n) == IF n > 9 THEN 9 ELSE n',
      "Next == IF x < 5 THEN x' = Capped(x + 1) ELSE IF x = 7 THEN x' = 0 ELSE UNCHANGED x",
    ]);
    expect(missing(covered)).toEqual(['3: if 1/2 in Capped', '4: if 1/2 in Next']);
  });

  it('an arm of CASE that is never selected', async () => {
    const covered = await cover([
      'VARIABLE x',
      'Init == x = 0',
      'Size == CASE x = 0 -> "none"',
      '          [] x < 3 -> "few"',
      '          [] x > 5 -> "many"',
      '          [] OTHER -> "some"',
      'Next == x\' = (CASE Size = "some" -> 0 [] Size = "many" -> 1 [] OTHER -> x + 1)',
    ]);
    expect(missing(covered)).toEqual(['5: case 3/4 in Size', '7: case 2/3 in Next']);
  });

  it('a disjunct of an action that no step goes through, though it begins', async () => {
    const covered = await cover([
      'VARIABLES x, y',
      'Init == x = 0 /\\ y = 0',
      "Up == \\/ x < 3 /\\ x' = x + 1",
      "      \\/ x = 3 /\\ x' = 0",
      "      \\/ x' = 99 /\\ y = 1",
      "Next == Up /\\ x' < 9 /\\ UNCHANGED y",
    ]);
    expect(missing(covered)).toEqual(['5: action 3/3 in Up']);
  });

  it('a disjunct whose step fails in a conjunct after the disjunction', async () => {
    const covered = await cover([
      'VARIABLES x, y',
      'Init == x = 0 /\\ y = 0',
      "Next == /\\ (x' = 1 - x \\/ x' = 7)",
      "        /\\ (IF x' = 7 THEN y' = 1 /\\ y = 1 ELSE y' = 0)",
    ]);
    expect(missing(covered)).toEqual(['3: action 2/2 in Next']);
  });

  it('an action that is never taken', async () => {
    const covered = await cover([
      'VARIABLE x',
      'Init == x = 0',
      "Up == x < 3 /\\ x' = x + 1",
      "Never == x > 3 /\\ x' = 0",
      'Next == Up \\/ Never',
    ]);
    expect(missing(covered)).toEqual(['5: action 2/2 in Next']);
  });

  it('a disjunct of a guard that never decides, since another one is true whenever it is', async () => {
    const covered = await cover([
      'VARIABLE x',
      'Init == x = 0',
      'Small == x < 3 \\/ x < 2',
      "Next == Small /\\ x' = x + 1",
    ]);
    expect(missing(covered)).toEqual(['3: guard 2/2 in Small']);
  });

  it('the earlier disjunct too, if a later one is true whenever it is', async () => {
    const covered = await cover([
      'VARIABLE x',
      'Init == x = 0',
      'Small == x < 2 \\/ x < 3',
      "Next == \\E d \\in {1} : ~~Small /\\ x' = x + d",
    ]);
    expect(missing(covered)).toEqual(['3: guard 1/2 in Small']);
  });

  it('nothing where a later disjunct cannot be evaluated when an earlier one is true', async () => {
    const covered = await cover([
      'VARIABLE x',
      'Init == x = <<>>',
      'Open == x = <<>> \\/ Head(x) = 1',
      "Next == ~~Open /\\ x' = Append(x, Len(x) + 1) /\\ Len(x) < 3",
    ]);
    expect(missing(covered)).toEqual([]);
  });
});

describe('coverage counts', () => {
  const counted = (module: ModuleCoverage): number[] => module.goals.map(({ count }) => count);

  it('each selection, and each step that a disjunct has a part in', async () => {
    const covered = await cover([
      'VARIABLE x',
      'Init == x = 0',
      "Next == \\/ x < 3 /\\ x' = IF x = 0 THEN 1 ELSE x + 1",
      "        \\/ x > 0 /\\ \\E y \\in {1, 2} : x' = x - 1",
    ]);
    // From 0, 1 and 2 upward; from 1, 2 and 3 downward, twice each.
    expect(counted(covered)).toEqual([3, 1, 2, 6]);
  });

  it('what a LET definition selects when it is needed, not when a disjunct is only tried', async () => {
    const covered = await cover([
      'VARIABLE x',
      'Init == x = 0',
      'Next == LET big == IF x > 1 THEN TRUE ELSE FALSE',
      "        IN ~~(x < 9 \\/ big) /\\ x' = x + 1 /\\ x < 3",
    ]);
    expect(missing(covered)).toEqual(['3: if 1/2 in Next', '3: if 2/2 in Next', '4: guard 2/2 in Next']);
  });

  it('what a LET definition selects though a disjunct was tried with it before', async () => {
    const covered = await cover([
      'VARIABLE x',
      'Init == x = 0',
      'Next == LET big == IF x > 1 THEN TRUE ELSE FALSE',
      "        IN ~~(x < 9 \\/ big) /\\ x < 3 /\\ ~~(big \\/ x < 2) /\\ x' = x + 1",
    ]);
    expect(missing(covered)).toEqual(['4: guard 2/2 in Next']);
  });

  it('no evaluation by an invariant or a constraint, though they use the same operator', async () => {
    const covered = await cover(
      [
        'VARIABLE x',
        'Init == x = 0',
        'Cut(n) == IF n > 2 THEN 2 ELSE n',
        "Next == x < 3 /\\ x' = Cut(x) + 1",
        'Sound == Cut(x + 5) = 2',
      ],
      { config: 'INVARIANT Sound\nCONSTRAINT Sound\n' },
    );
    expect(missing(covered)).toEqual(['3: if 1/2 in Cut']);
  });

  it('the same by several threads', async () => {
    const lines = [
      'VARIABLES x, y',
      'Init == x = 0 /\\ y = 0',
      'Wrap(n) == IF n > 40 THEN 0 ELSE n',
      "Next == \\/ x' = Wrap(x + 1) /\\ UNCHANGED y",
      "        \\/ y' = Wrap(y + 1) /\\ (x > y \\/ x = 0) /\\ UNCHANGED x",
    ];
    const alone = counted(await cover(lines));
    expect(alone.every((count) => count > 0)).toBe(true);
    expect(counted(await cover(lines, { workers: 2 }))).toEqual(alone);
  });
});

describe('coverage follows', () => {
  it('the replacements of the model: what it replaces is not missing', async () => {
    const lines = [
      'VARIABLE x',
      'Init == x = 0',
      'Limit(n) == IF n > 2 THEN 2 ELSE n',
      'NoLimit(n) == n',
      "Next == x < 2 /\\ x' = Limit(x + 1) /\\ (x = 0 \\/ x = 1)",
    ];
    expect(missing(await cover(lines))).toEqual(['3: if 1/2 in Limit']);
    expect(missing(await cover(lines, { config: 'CONSTANT Limit <- NoLimit\n' }))).toEqual([]);
  });

  it('operators that are passed as arguments', async () => {
    const covered = await cover([
      'VARIABLE x',
      'Init == x = 0',
      'Half(n) == IF n > 100 THEN 50 ELSE n \\div 2',
      'Twice(F(_), n) == F(F(n))',
      "Next == x' = Twice(Half, x) + Twice(LAMBDA n : IF n < 0 THEN 0 ELSE n, 1) /\\ x < 2",
    ]);
    expect(missing(covered)).toEqual(['3: if 1/2 in Half', '5: if 1/2 in Next']);
  });

  it('several models of a module: what one of them meets is met', async () => {
    const lines = [
      'CONSTANT Most',
      'VARIABLE x',
      'Init == x = 0',
      "Next == x' = IF x < Most THEN x + 1 ELSE IF x = 3 THEN 0 ELSE x",
    ];
    const union = new CoverageUnion();
    expect(missing(await cover(lines, { config: 'CONSTANT Most = 2\n', union }))).toEqual([
      '4: if 1/2 in Next',
    ]);
    expect(missing(await cover(lines, { config: 'CONSTANT Most = 3\n', union }))).toEqual([]);
  });
});

it('the report of coverage shows the place and the line of what is missing', async () => {
  const covered = await cover([
    'VARIABLE x',
    'Init == x = 0',
    "Next == x < 5 /\\ x' = IF x = 9 THEN 0 ELSE x + 1",
  ]);
  expect(coverageReport([covered])).toBe(
    [
      'Coverage of Test: 1 of 2 arms and disjuncts.',
      `  ${join(folder, 'Test.tla')}:5:37: THEN is never selected, in Next`,
      "    Next == x < 5 /\\ x' = IF x = 9 THEN 0 ELSE x + 1",
    ].join('\n'),
  );
});

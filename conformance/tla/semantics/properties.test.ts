import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseConfiguration } from '../config/configuration-file.ts';
import { TlaError } from '../errors.ts';
import { loadModel, modelCheck, type LoadedModel } from '../explore/model-check.ts';
import { outcomeJson } from '../report/json.ts';
import type { FairnessFormula, Temporal } from '../temporal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'properties-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Counts to `most`, or on to twice as much where a definition is replaced by a wrong one. */
const counting = [
  'VARIABLES x, y',
  'Init == x = 0 /\\ y = 0',
  'Most == 4',
  "Up == x < Most /\\ x' = x + 1 /\\ y' = y",
  "Over == x = Most /\\ y' = 1 - y /\\ x' = 0",
  'Next == Up \\/ Over',
  'vars == <<x, y>>',
  'Spec == Init /\\ [][Next]_vars',
];

/** A module that is instantiated: a number goes round in steps of one. */
const round = [
  '---- MODULE Round ----',
  'EXTENDS Naturals',
  'CONSTANT Top',
  'VARIABLE n',
  'Init == n = 0',
  "Step == n < Top /\\ n' = n + 1",
  "Back == n = Top /\\ n' = 0",
  'Next == Step \\/ Back',
  'Spec == Init /\\ [][Next]_n',
  'Fair == WF_n(Step) /\\ SF_n(Back)',
  'CanStep == ENABLED <<Step>>_n',
  "Chosen == \\E k \\in {1, 3} : n' = k /\\ k > n",
  'CanChoose == ENABLED Chosen',
  "CanRepeat == ENABLED (n' = n + 1 /\\ n' = n + 2)",
  "Idle == ENABLED <<n' = n>>_n",
  '====',
].join('\n');

async function load(lines: readonly string[], config: string): Promise<LoadedModel> {
  writeFileSync(join(folder, 'Round.tla'), round);
  const tla = join(folder, 'M.tla');
  writeFileSync(tla, ['---- MODULE M ----', 'EXTENDS Naturals', ...lines, '===='].join('\n'));
  const configuration = parseConfiguration(`SPECIFICATION Spec\nCHECK_DEADLOCK FALSE\n${config}\n`, 'M.cfg');
  return loadModel({ tla, configuration, libraries: [] }, () => undefined);
}

/** How a check with that PROPERTY ends: the result and, where something is violated, TLC's name of it and the length. */
async function check(lines: readonly string[], property: string, config = ''): Promise<string> {
  const model = await load([...counting, ...lines], `PROPERTY ${property}\n${config}`);
  const { verdict } = await modelCheck(model, { workers: 1 });
  if (verdict.kind !== 'found') return verdict.kind;
  const { finding, path } = verdict;
  if (finding.kind === 'evaluation') return `${finding.error} in ${finding.during}: ${finding.sentence}`;
  return 'name' in finding
    ? `${finding.kind} ${finding.name} of ${finding.property} after ${path.length}`
    : finding.kind;
}

async function mistake(lines: readonly string[], property: string): Promise<string> {
  try {
    return await check(lines, property);
  } catch (error) {
    if (!(error instanceof TlaError)) throw error;
    expect(error.message).not.toContain('\n');
    return `${error.kind}: ${error.message.replace(`${folder}/`, '')}`;
  }
}

describe('a property', () => {
  it.each([
    ["P == [][x' # x]_x", 'ok'],
    ["P == [][x' = x + 1]_x", 'step-property P of P after 6'],
    ["P == x = 0 /\\ [][x' <= 4]_x /\\ []Small\n", 'invariant Small of P after 4'],
    ['P == y = 1', 'initial-property P of P after 1'],
    ['P == [](y = 0) => x = 0', 'ok'],
    [
      "P == LET k == 0 IN x = k /\\ [][y' # k]_y",
      'step-property line 12, col 29 to line 12, col 40 of module M of P after 11',
    ],
    ["P == \\A k \\in {1, 3} : [][x = k => x' = k + 1]_x", 'ok'],
    [
      "P == \\A <<k, l>> \\in {<<1, 2>>, <<3, 3>>} : [][x = k => x' = l]_x",
      /^step-property line 12, .* after 5$/,
    ],
    ["Q(v, e) == [][e]_v\nP == Q(x, x' < 4)", /^step-property Q of P after 5$/],
    ["P == [][CASE x = Most -> x' = 0 [] OTHER -> x' = x + 1]_x", 'ok'],
    ['P == [][UNCHANGED y]_<<x, y>>', 'step-property P of P after 6'],
    ['P == [][ENABLED Over]_x', 'step-property P of P after 2'],
    ['P == [][x\' \\in {"a"}]_x', /^evaluation in action property P: /],
  ])('%s: %s', async (text, expected) => {
    const outcome = await check(['Small == x < 3', text], 'P');
    if (typeof expected === 'string') expect(outcome).toBe(expected);
    else expect(outcome).toMatch(expected);
  });

  it('is checked at steps out of CONSTRAINT, and of ACTION_CONSTRAINT', async () => {
    const low = ['Low == x < 2', "Slow == x' < 2", "P == [][x' # 2]_x"];
    expect(await check(low, 'P', 'CONSTRAINT Low')).toBe('step-property P of P after 3');
    expect(await check(low, 'P', 'ACTION_CONSTRAINT Slow')).toBe('step-property P of P after 3');
  });

  it('takes a variable for unchanged that is given an equal value', async () => {
    const lines = [
      'VARIABLE s',
      'Init == s = {1, 2}',
      "Next == s' = {2} \\cup {1}",
      'Spec == Init /\\ [][Next]_s',
    ];
    const model = await load(
      [...lines, 'P == [][FALSE]_s', 'Q == [][UNCHANGED s]_<<s, 1>>'],
      'PROPERTIES P Q',
    );
    expect((await modelCheck(model, { workers: 1 })).verdict).toEqual({ kind: 'ok' });
  });

  it('yields to an invariant that the same step violates', async () => {
    const both = ['Low == x < 2', "P == [][x' # 2]_x"];
    expect(await check(both, 'P', 'INVARIANT Low')).toBe('invariant Low of Low after 3');
  });

  it('is violated by the same step whatever the number of workers', async () => {
    const wide = ["P == [][x + y' < 5]_vars"];
    const lines = [...counting.map((line) => (line === 'Most == 4' ? 'Most == 400' : line)), ...wide];
    const run = async (workers: number): Promise<unknown> => {
      const model = await load(lines, 'PROPERTY P');
      const outcome = await modelCheck(model, { workers, aloneStates: 0, blockStatesMax: 1 });
      return outcomeJson(model.specification.variables, outcome, { engine: 'zab', workers: 0, seconds: 0 });
    };
    const alone = await run(1);
    expect(alone).toMatchObject({ result: 'safety', property: 'P', part: 'P', distinct: 7 });
    expect(await run(2)).toEqual(alone);
  });
});

describe('a refinement', () => {
  const instance = 'R == INSTANCE Round WITH n <- x, Top <- Most';

  it.each([
    [[instance, 'P == R!Spec'], 'ok'],
    [['R == INSTANCE Round WITH n <- IF x > 2 THEN 2 ELSE x, Top <- 2', 'P == R!Spec'], 'ok'],
    [
      ['R == INSTANCE Round WITH n <- x + y, Top <- Most', 'P == R!Spec'],
      /^step-property line 9, col 17 .* of module Round of P after 6$/,
    ],
    [
      ['R == INSTANCE Round WITH n <- 4 - x, Top <- Most', 'P == R!Spec'],
      'initial-property Init of P after 1',
    ],
    [['R(top) == INSTANCE Round WITH n <- x, Top <- top', 'P == R(Most)!Spec'], 'ok'],
    [
      ['R(top, v) == INSTANCE Round WITH n <- v, Top <- top', 'P == \\A k \\in 3..4 : R(k, x)!Spec'],
      /^step-property .* of module Round of P after 5$/,
    ],
    [['n == x', 'Top == Most', 'R == INSTANCE Round', 'P == R!Spec'], 'ok'],
  ])('%s: %s', async (lines, expected) => {
    const outcome = await check(lines, 'P');
    if (typeof expected === 'string') expect(outcome).toBe(expected);
    else expect(outcome).toMatch(expected);
  });

  it.each(['R', 'R(Most)'])('of a module in which the model replaces a definition: %s', async (abstract) => {
    const head = abstract === 'R' ? instance : 'R(top) == INSTANCE Round WITH n <- x, Top <- top';
    const lines = [head, `P == ${abstract}!Spec`, 'Never == FALSE'];
    expect(await check(lines, 'P')).toBe('ok');
    expect(await check(lines, 'P', 'CONSTANT Step <- [Round] Never')).toMatch(/^step-property .* after 2$/);
  });

  it('asks ENABLED for any next values of the variables of its own module', async () => {
    // n stands for x % 2, which no step of the specification takes to 3.
    const mapped = ['R == INSTANCE Round WITH n <- x % 2, Top <- 3'];
    const holds = async (formula: string): Promise<string> =>
      check([...mapped, `Inv == ${formula}`, 'P == []Inv'], 'P');
    expect(await holds('R!CanStep')).toBe('ok');
    expect(await holds('R!CanChoose')).toBe('ok');
    expect(await holds('~R!CanRepeat')).toBe('ok');
    expect(await holds('~R!Idle')).toBe('ok');
    const top = ['R == INSTANCE Round WITH n <- x % 2, Top <- 1', 'P == [](R!CanStep <=> x % 2 = 0)'];
    expect(await check(top, 'P')).toBe('ok');
  });

  it('leaves fairness to behaviours', async () => {
    const model = await load([...counting, instance, 'P == R!Spec /\\ R!Fair'], 'PROPERTY P');
    const [property] = model.specification.properties;
    expect(property?.initial).toHaveLength(1);
    expect(property?.steps).toHaveLength(1);
    expect(kindsOf(property?.liveness)).toEqual(['weak-fairness', 'strong-fairness']);
  });
});

function kindsOf(formula: Temporal | undefined): string[] {
  if (formula === undefined) return [];
  return formula.kind === 'and' ? formula.operands.flatMap(kindsOf) : [formula.kind];
}

describe('fairness', () => {
  const fair = (formula: string): Promise<FairnessFormula> =>
    load([...counting, `FairSpec == Spec /\\ ${formula}`, 'P == <>(x = 1)'], 'PROPERTY P').then(async () => {
      const tla = join(folder, 'M.tla');
      const text = 'SPECIFICATION FairSpec\nPROPERTY P\n';
      const configuration = parseConfiguration(text, 'M.cfg');
      const { specification } = await loadModel({ tla, configuration, libraries: [] }, () => undefined);
      const [first] = specification.fairness;
      if (first?.kind !== 'weak-fairness') throw new Error('one condition was expected');
      return first;
    });

  it('has successors that its predicates agree with', async () => {
    const condition = await fair('WF_vars(Up)');
    const { enabled, taken } = condition;
    const found: unknown[] = [];
    expect(condition.successors?.([1, 0], (next) => found.push(next))).toBe(true);
    expect(found).toEqual([[2, 0]]);
    expect(enabled.holds([1, 0])).toBe(true);
    expect(taken.holds([1, 0], [2, 0])).toBe(true);
    expect(taken.holds([1, 0], [1, 0])).toBe(false);
    expect(enabled.holds([4, 0])).toBe(false);
  });

  it('says when an action leaves a variable open', async () => {
    const condition = await fair("WF_vars(x' = x)");
    expect(condition.successors?.([1, 0], () => undefined)).toBe(false);
    // y may change.
    expect(condition.enabled.holds([1, 0])).toBe(true);
  });
});

describe('a mistake in a property', () => {
  it.each([
    ["P == x' = x", 'semantic: M.tla:11:6: property P: an action is not a property; write [][A]_v'],
    ["P == [](x' = x)", 'semantic: M.tla:11:9: [] of an action needs [A]_v'],
    ["P == []<>[x' = x]_x", 'semantic: M.tla:11:10: <> of an action needs <<A>>_v'],
    ["P == <>[](x' = x)", 'semantic: M.tla:11:11: [] of an action needs [A]_v'],
    [
      'P == <>(x = 1) /\\ <<Up>>_x',
      'semantic: M.tla:11:19: property P: an action is not a property; write [][A]_v',
    ],
    ["P == <>(x = 1 /\\ x' = 2)", 'semantic: M.tla:11:9: <> of an action needs <<A>>_v'],
    ['P == \\A k \\in {x} : <>(x = k)', /^unsupported: M\.tla:11:6: a temporal formula for all elements/],
    ["P == [][x'' = x]_x", /^(semantic|syntax): M\.tla:11:/],
    ["P == [][(x' = x)' ]_x", 'semantic: M.tla:11:10: a prime inside a prime'],
    ['P == 3', /^evaluation in property P: /],
  ])('%s', async (line, expected) => {
    const complaint = await mistake([line], 'P');
    if (typeof expected === 'string') expect(complaint).toBe(expected);
    else expect(complaint).toMatch(expected);
  });
});

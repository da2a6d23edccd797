import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createCompanion } from '../testmodels/counting-companion.ts';
import { counters, handWritten, type HandWritten } from '../testmodels/hand-written.ts';
import { CheckpointFolder } from './checkpoint.ts';
import { Expander } from './expander.ts';
import type { ExpandingThread } from './crew.ts';
import { Explorer, type ExplorerOptions } from './explorer.ts';
import type { Outcome } from './outcome.ts';
import { Random } from './random.ts';
import { StateCodec } from './state-codec.ts';
import { StateTable, StateTableView } from './state-table.ts';

/** Answers late and out of order, and looks states up in a table that is out of date. */
function slowThread(given: HandWritten, random: Random): ExpandingThread {
  const specification = handWritten(given);
  const expander = new Expander({
    specification,
    codec: new StateCodec(specification),
    table: new StateTableView(new StateTable(true).memory()),
    companion: createCompanion(specification, {}),
    takePrinted: () => [],
  });
  return {
    expand: (block, table) =>
      new Promise((resolve) => {
        if (random.below(2) === 0) expander.useTable(new StateTableView(table.memory()));
        const result = expander.expand(block);
        setTimeout(() => {
          resolve(result);
        }, random.below(3));
      }),
    close: () => Promise.resolve(),
  };
}

function explore(given: HandWritten, options: Partial<ExplorerOptions>): Promise<Outcome> {
  const specification = handWritten(given);
  const companion = createCompanion(specification, {});
  return new Explorer({
    specification,
    codec: new StateCodec(specification),
    companion,
    ...options,
  }).explore();
}

describe('an exploration by several threads', () => {
  it('comes to the same outcome as one by a single thread, whatever their speed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5, max: 20 }),
        fc.integer({ min: 5, max: 60 }),
        fc.integer(),
        async (bound, forbidden, seed) => {
          const given: HandWritten = {
            ...counters(bound),
            invariants: { Sum: ([a, b]) => Number(a) * 2 + Number(b) !== forbidden },
          };
          const random = new Random(seed);
          const threads = Array.from({ length: 3 }, () => slowThread(given, random));
          const alone = await explore(given, {});
          const together = await explore(given, {
            startThreads: () => Promise.resolve(threads),
            blockStatesMax: 1 + random.below(5),
          });
          expect(together).toEqual(alone);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('fails with the thread that fails', async () => {
    const broken: ExpandingThread = {
      expand: () => Promise.reject(new Error('out of memory')),
      close: () => Promise.resolve(),
    };
    const exploration = explore(counters(50), { startThreads: () => Promise.resolve([broken]) });
    await expect(exploration).rejects.toThrow('out of memory');
  });

  it('closes threads that are ready only after it has ended', async () => {
    let closed = 0;
    const late: ExpandingThread = {
      expand: () => Promise.reject(new Error('too late')),
      close: () => {
        closed += 1;
        return Promise.resolve();
      },
    };
    const startThreads = (): Promise<readonly ExpandingThread[]> =>
      new Promise((resolve) =>
        setTimeout(() => {
          resolve([late]);
        }, 50),
      );
    const { verdict } = await explore(counters(5), { startThreads, aloneStates: 10 });
    expect(verdict).toEqual({ kind: 'ok' });
    expect(closed).toBe(1);
  });

  it('keeps what does not fit into memory on disk', async () => {
    const alone = await explore(counters(60), {});
    expect(await explore(counters(60), { frontierBytesMax: 100, blockStatesMax: 4 })).toEqual(alone);
  });
});

describe('a checkpoint', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zab-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (): string => join(folder, 'exploration.checkpoint');
  const keep = (identity = 'a'): CheckpointFolder => new CheckpointFolder(folder, identity);

  it('lets an interrupted exploration end as an uninterrupted one does', async () => {
    const whole = await explore(counters(40), {});
    const first = await explore(counters(40), { checkpoint: keep(), statesMax: 700 });
    expect(first.verdict).toEqual({ kind: 'interrupted' });
    expect(first.figures.distinct).toBeLessThan(whole.figures.distinct);
    expect(await explore(counters(40), { checkpoint: keep() })).toEqual(whole);
    expect(keep().load()).toBeUndefined();
  });

  it('of something else, or damaged, is refused and left as it is', async () => {
    await explore(counters(40), { checkpoint: keep(), statesMax: 300 });
    expect(() => keep('b').load()).toThrow(/belongs to another specification/);
    const bytes = readFileSync(file());
    truncateSync(file(), bytes.length - 20);
    await expect(explore(counters(40), { checkpoint: keep() })).rejects.toThrow(/ends early/);
    writeFileSync(file(), 'something else altogether');
    expect(() => keep().load()).toThrow(/is not a checkpoint/);
    expect(readFileSync(file(), 'utf8')).toBe('something else altogether');
  });
});

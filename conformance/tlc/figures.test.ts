import { describe, expect, test } from 'vitest';
import { readCheckOutput } from './check-output.ts';
import { differences, type Figures } from './figures.ts';
import { withoutProperties } from './run.ts';
import { parseToolOutput } from './tool-output.ts';

function message(code: number, text: string): string {
  return `@!@!@STARTMSG ${code}:0 @!@!@\n${text}\n@!@!@ENDMSG ${code} @!@!@\n`;
}

const finished = [
  message(2262, 'TLC2 Version 2.18 of 20 March 2023'),
  message(2193, 'Model checking completed. No error has been found.'),
  message(2773, '<Init line 223, col 1 to line 223, col 4 of module Zab>: 1:1'),
  message(2772, '<Elected line 247, col 1 to line 247, col 13 of module Zab>: 1:2'),
  message(2772, '<Elected line 247, col 1 to line 247, col 13 of module Zab>: 2306:3752'),
  message(2772, '<Disk line 611, col 1 to line 611, col 4 of module Zab (611 41 611 82)>: 182:1110'),
  message(2772, '<Disk line 612, col 1 to line 612, col 4 of module Zab>: 0:7'),
  message(2199, '35777 states generated, 5963 distinct states found, 0 states left on queue.'),
  message(2194, 'The depth of the complete state graph search is 42.'),
  message(2186, 'Finished in 2838ms at (2026-11-22 21:22:06)'),
].join('');

const tlc: Figures = {
  result: 'ok',
  generated: 35777,
  distinct: 5963,
  depth: 42,
  seconds: 2.838,
  actions: new Map([
    ['Elected', 3752],
    ['Disk', 1117],
  ]),
};

describe("TLC's output", () => {
  test('gives its figures, the last report of each action counting', () => {
    expect(parseToolOutput(finished, 0)).toEqual({ ...tlc, initial: 1 });
  });

  test.each([
    [11, 'deadlock'],
    [12, 'safety'],
    [13, 'liveness'],
    [75, 'evaluation-error'],
  ])('with exit status %i says %s', (status, result) => {
    expect(parseToolOutput(finished, status)).toEqual({ ...tlc, result, initial: 1 });
  });

  test('of a violation that it found before the end gives the depth that it had reached', () => {
    const progress = 'Progress(15) at 2026-11-26 12:40:50: 294 states generated, 152 distinct states found';
    const stopped = finished.replace(
      message(2194, 'The depth of the complete state graph search is 42.'),
      message(2200, 'Progress(3) at 2026-11-26 12:40:49: 3 states generated') + message(2200, progress),
    );
    expect(parseToolOutput(stopped, 13)).toEqual({ ...tlc, depth: 15, result: 'liveness', initial: 1 });
  });

  test('of a model that it could not read gives no figures', () => {
    const output =
      message(2171, 'Parsing or semantic analysis failed.') + message(1000, 'Error: Unknown operator: `X`');
    expect(parseToolOutput(output, 150)).toBe(
      'TLC did not check the model (exit status 150): Error: Unknown operator: `X`',
    );
    expect(parseToolOutput('', null)).toMatch(/^TLC did not check the model/);
    expect(parseToolOutput('', 0)).toBe('TLC printed no figures');
  });
});

test('a configuration is run without its properties', () => {
  const lines = ['\\* PROPERTY in a comment', 'SPECIFICATION Spec', 'PROPERTY One', 'INVARIANTS', '  TypeOK'];
  const properties = ['PROPERTIES', '  Two', '  Three'];
  const text = [...lines, ...properties, 'CHECK_DEADLOCK FALSE', ''].join('\n');
  expect(withoutProperties(text).split('\n')).toEqual([
    ...lines.filter((line) => line !== 'PROPERTY One'),
    'CHECK_DEADLOCK FALSE',
    '',
  ]);
});

describe('the output of zab check', () => {
  const json = {
    result: 'ok',
    generated: 9,
    distinct: 5,
    depth: 3,
    seconds: 0.5,
    actions: [{ name: 'Up', generated: 8 }],
  };

  test('gives its figures', () => {
    expect(readCheckOutput(JSON.stringify(json), '', 0)).toEqual({ ...json, actions: new Map([['Up', 8]]) });
  });

  test('without JSON, or without a figure, gives none', () => {
    expect(readCheckOutput('', 'a.tla:1:1: no\n', 2)).toBe(
      'zab check printed no JSON (exit status 2): a.tla:1:1: no',
    );
    for (const key of ['result', 'generated', 'distinct', 'depth', 'actions']) {
      const without = Object.fromEntries(Object.entries(json).filter(([name]) => name !== key));
      expect(readCheckOutput(JSON.stringify(without), '', 0), key).toMatch(/^zab check printed JSON without/);
    }
  });
});

describe('a difference is found', () => {
  test('in none of the figures when they are the same', () => {
    expect(differences(tlc, { ...tlc, seconds: 99 })).toEqual([]);
  });

  test.each(['generated', 'distinct', 'depth'] as const)('in %s', (figure) => {
    expect(differences(tlc, { ...tlc, [figure]: tlc[figure] + 1 })).toEqual([
      `${figure}: TLC ${tlc[figure]}, ours ${tlc[figure] + 1}`,
    ]);
  });

  test('in the verdict', () => {
    expect(differences(tlc, { ...tlc, result: 'safety' })).toEqual(['result: TLC ok, ours safety']);
  });

  test('in an action of the same name', () => {
    const ours = new Map([...tlc.actions, ['Elected', 3751] as const]);
    expect(differences(tlc, { ...tlc, actions: ours })).toEqual(['Elected: TLC generated 3752, ours 3751']);
  });

  test('in the sum of actions that are named differently, and only there', () => {
    const named = (sync: number): Figures => ({
      ...tlc,
      actions: new Map([
        ['Elected', 3752],
        ['Sync', sync],
        ['StoreCurrentEpoch', 412],
      ]),
    });
    expect(differences(tlc, named(705))).toEqual([]);
    expect(differences(tlc, named(706))).toEqual([
      'actions named differently: TLC Disk = 1117, ours Sync + StoreCurrentEpoch = 1118',
    ]);
  });
});

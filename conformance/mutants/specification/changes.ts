/** What a mutant changes: its definitions beside those that they replace, line by line. */
import { readFileSync } from 'node:fs';

import type { Place } from '../../tla/errors.ts';
import type { BrokenDefinition, SpecificationMutant } from './collection.ts';

/** A line that only one of two texts has. */
export interface ChangedLine {
  readonly sign: '-' | '+';
  readonly text: string;
}

/** The lines in which a definition and the one that replaces it differ, apart from spaces and the name. */
export function changesOf({ name, broken, original, replacement }: BrokenDefinition): ChangedLine[] {
  const before = linesAt(original);
  const after = linesAt(replacement).map((line) => line.replace(broken, name));
  return difference(before, after);
}

/** For people: the mutant's name, what is wrong, and its changes. */
export function changesText(mutant: SpecificationMutant): string {
  return [
    `${mutant.name}: ${mutant.wrong}`,
    ...mutant.broken.flatMap((definition) => [
      `  ${definition.name}`,
      ...changesOf(definition).map(({ sign, text }) => `  ${sign} ${text}`),
    ]),
    '',
  ].join('\n');
}

function linesAt({ file, line, endLine }: Place): string[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .slice(line - 1, endLine);
  return lines.map((text) => text.replace(/\\\*.*$/, '').trimEnd()).filter((text) => text !== '');
}

/** Longest common subsequence, by lines whose spaces do not count. */
function difference(before: readonly string[], after: readonly string[]): ChangedLine[] {
  const key = (text: string | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim();
  const same = (i: number, j: number): boolean => key(before[i]) === key(after[j]);
  // common[i][j]: length of the longest common subsequence of what follows i and j.
  const common = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const row = common[i] ?? [];
    for (let j = after.length - 1; j >= 0; j -= 1) {
      row[j] = same(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const changed: ChangedLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && same(i, j)) {
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      changed.push({ sign: '-', text: before[i] ?? '' });
      i += 1;
    } else {
      changed.push({ sign: '+', text: after[j] ?? '' });
      j += 1;
    }
  }
  return changed;
}

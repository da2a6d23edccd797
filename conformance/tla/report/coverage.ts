/** Coverage of modules, merged over the models that were explored: what was never met, with its line of the text. */
import { readFileSync } from 'node:fs';

import { formatPlace } from '../errors.ts';
import type { JsonValue } from '../explore/companion.ts';
import type { Goal } from '../specification.ts';

/** A goal with how often it was met, over all models that can reach its text. */
export interface GoalCount {
  readonly goal: Goal;
  readonly count: number;
}

/** The goals of one file, in the order of its text. */
export interface ModuleCoverage {
  readonly module: string;
  readonly file: string;
  readonly goals: readonly GoalCount[];
}

/** Adds up the coverage of several models. A goal that two models can reach is one goal: it is known by its place. */
export class CoverageUnion {
  private readonly counts = new Map<string, { goal: Goal; count: number }>();

  /** @param counts how often each of the goals was met; missing ones were not */
  add(goals: readonly Goal[], counts: readonly number[]): void {
    goals.forEach((goal, index) => {
      const { kind, place, position } = goal;
      const key = `${formatPlace(place)} ${place.endLine}:${place.endColumn} ${kind} ${position}`;
      const known = this.counts.get(key);
      if (known === undefined) this.counts.set(key, { goal, count: counts[index] ?? 0 });
      else known.count += counts[index] ?? 0;
    });
  }

  /** By file, in the order in which the files were met. */
  modules(): ModuleCoverage[] {
    const files = new Map<string, { module: string; goals: GoalCount[] }>();
    for (const counted of this.counts.values()) {
      const { file, module } = counted.goal.place;
      const known = files.get(file);
      if (known === undefined) files.set(file, { module, goals: [counted] });
      else known.goals.push(counted);
    }
    return [...files].map(([file, { module, goals }]) => ({
      file,
      module,
      goals: goals.sort((a, b) => inText(a.goal, b.goal)),
    }));
  }
}

function inText(a: Goal, b: Goal): number {
  return a.place.line - b.place.line || a.place.column - b.place.column;
}

/** The goals that were never met. */
export function unmet(module: ModuleCoverage): readonly GoalCount[] {
  return module.goals.filter(({ count }) => count === 0);
}

/** What is missing where a goal was not met. */
function complaint({ kind, within, position, of }: Goal): string {
  switch (kind) {
    case 'if':
      return `${position === 1 ? 'THEN' : 'ELSE'} is never selected, in ${within}`;
    case 'case':
      return `arm ${position} of ${of} of CASE is never selected, in ${within}`;
    case 'action':
      return `disjunct ${position} of ${of} has no part in any step, in ${within}`;
    case 'guard':
      return `disjunct ${position} of ${of} never decides, in ${within}`;
  }
}

/** For people: for each module how many of its goals were met, and each that was not, with its line. */
export function coverageReport(modules: readonly ModuleCoverage[]): string {
  const lines: string[] = [];
  for (const module of modules) {
    const missing = unmet(module);
    const met = module.goals.length - missing.length;
    lines.push(`Coverage of ${module.module}: ${met} of ${module.goals.length} arms and disjuncts.`);
    const text = missing.length === 0 ? [] : linesOf(module.file);
    for (const { goal } of missing) {
      lines.push(`  ${formatPlace(goal.place)}: ${complaint(goal)}`);
      const line = text[goal.place.line - 1];
      if (line !== undefined) lines.push(`    ${line.trim()}`);
    }
  }
  return lines.join('\n');
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    // The module was text without a file, or is gone: places are all there is.
    return [];
  }
}

/** For programs: every goal with its count. */
export function coverageJson(modules: readonly ModuleCoverage[]): JsonValue {
  return modules.map((module) => ({
    module: module.module,
    file: module.file,
    goals: module.goals.length,
    met: module.goals.length - unmet(module).length,
    unmet: unmet(module).map(({ goal }) => ({ ...goalJson(goal), says: complaint(goal) })),
    counts: module.goals.map(({ goal, count }) => ({ ...goalJson(goal), count })),
  }));
}

function goalJson({ kind, place, within, position, of }: Goal): Readonly<Record<string, JsonValue>> {
  return { kind, place: formatPlace(place), within, position, of };
}

/**
 * Witnesses: behaviours of a specification that show why something is not promised. Each is a small model in
 * `spec/witnesses` with a property that one might expect to hold; the counterexample is the witness.
 */
import { join } from 'node:path';

import { readConfigurationFile } from '../tla/config/configuration-file.ts';
import { loadModel, modelCheck } from '../tla/explore/model-check.ts';
import type { PathStep } from '../tla/explore/path.ts';
import { resultOf } from '../tla/report/json.ts';
import { readList } from '../tlc/list-file.ts';
import { property } from '../tlc/property.ts';

const SPEC = join(import.meta.dirname, '../../spec');
export const WITNESSES = join(SPEC, 'witnesses');

export interface Witness {
  /** Of the module and its configuration in `spec/witnesses`. */
  readonly name: string;
  /** What happens, in a sentence. */
  readonly shows: string;
  /** The invariant, or the temporal property, that it violates. */
  readonly property: string;
}

/** What looking for a witness came to. */
export type Search =
  | {
      readonly kind: 'shown';
      readonly states: number;
      readonly actions: readonly string[];
      /** How many actions at the end repeat for ever; absent where the behaviour has an end. */
      readonly round?: number;
    }
  | { readonly kind: 'not-shown'; readonly reason: string };

/** Reads `index.json` of a folder of witnesses; throws an Error of one line if it is not a list of them. */
export function readWitnesses(folder: string): Witness[] {
  const index = join(folder, 'index.json');
  return readList(index, 'witnesses').map((item, position) => {
    const [name, shows, violated] = ['name', 'shows', 'property'].map((field) => property(item, field));
    if (typeof name !== 'string' || typeof shows !== 'string' || typeof violated !== 'string') {
      throw new Error(`${index}: witnesses[${position}] needs "name", "shows" and "property"`);
    }
    return { name, shows, property: violated };
  });
}

/**
 * Looks for a witness: the shortest behaviour that violates its property, and nothing else before.
 * @throws TlaError for whatever is wrong with its files
 */
export async function search(folder: string, witness: Witness): Promise<Search> {
  const silent = (): void => undefined;
  const model = await loadModel(
    {
      tla: join(folder, `${witness.name}.tla`),
      configuration: await readConfigurationFile(join(folder, `${witness.name}.cfg`)),
      libraries: [SPEC, join(SPEC, 'models')],
    },
    silent,
  );
  const { verdict } = await modelCheck(model, { workers: 1, print: silent });
  const other = (violated: string): Search => ({
    kind: 'not-shown',
    reason: `${violated} is violated, not ${witness.property}`,
  });
  if (verdict.kind === 'liveness') {
    if (verdict.property !== witness.property) return other(verdict.property);
    const { path, loop, closing } = verdict;
    return {
      kind: 'shown',
      states: path.length,
      actions: namesOf(closing === undefined ? path : [...path, closing]),
      round: closing === undefined ? 0 : path.length - loop,
    };
  }
  if (verdict.kind !== 'found') return { kind: 'not-shown', reason: `the check ended: ${resultOf(verdict)}` };
  const { finding, path } = verdict;
  if (finding.kind !== 'invariant') return { kind: 'not-shown', reason: `the check found: ${finding.kind}` };
  if (finding.property !== witness.property) return other(finding.property);
  return { kind: 'shown', states: path.length, actions: namesOf(path) };
}

function namesOf(steps: readonly PathStep[]): readonly string[] {
  return steps.flatMap(({ action }) => (action === undefined ? [] : [action.name]));
}

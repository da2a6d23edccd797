/** The models that mutants break, unbroken: what a mutant shows, it shows only if nothing is wrong with these. */
import type { ModelSource } from '../../tla/explore/model-check.ts';
import { mended, withChecked, TYPES, type Checked, type SpecificationMutant } from './collection.ts';
import type { SpecificationProperty } from './properties.ts';

/** One unbroken model, and the mutants that break it. */
export interface Control {
  readonly source: ModelSource;
  readonly mutants: readonly string[];
  readonly checked: Checked;
}

/** The properties of the specification that a mutant's module knows. */
export function familyOf(
  mutant: SpecificationMutant,
  properties: readonly SpecificationProperty[],
): SpecificationProperty[] {
  return properties.filter(({ name, module }) => mutant.definitions.get(name)?.module === module);
}

/** Each model once, with every invariant of its specification and the properties that its mutants name. */
export function controlsOf(
  mutants: readonly SpecificationMutant[],
  properties: readonly SpecificationProperty[],
): Control[] {
  const groups = new Map<string, SpecificationMutant[]>();
  for (const mutant of mutants) {
    const key = modelKey(mutant);
    groups.set(key, [...(groups.get(key) ?? []), mutant]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const named = new Set(group.map(({ property }) => property));
    const checked = checkedOf(
      familyOf(first, properties).filter(({ name, kind }) => kind === 'invariant' || named.has(name)),
    );
    return [{ source: mended(first, checked), mutants: group.map(({ name }) => name), checked }];
  });
}

/** A mutant with every invariant of its specification but the one that kills it. */
export function withoutKiller(
  mutant: SpecificationMutant,
  properties: readonly SpecificationProperty[],
): { readonly source: ModelSource; readonly checked: Checked } {
  const checked = checkedOf(
    familyOf(mutant, properties).filter(({ name, kind }) => kind === 'invariant' && name !== mutant.property),
  );
  return { source: withChecked(mutant.source, checked), checked };
}

function checkedOf(properties: readonly SpecificationProperty[]): Checked {
  const named = (wanted: SpecificationProperty['kind']): string[] =>
    properties.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  const invariants = named('invariant');
  return {
    invariants: [
      ...invariants.filter((name) => name === TYPES),
      ...invariants.filter((name) => name !== TYPES),
    ],
    properties: named('property'),
  };
}

/** Equal for mutants that break the same model within the same bounds. */
function modelKey({ source, definitions, broken }: SpecificationMutant): string {
  const { configuration } = source;
  const { specification, constants, replacements, constraints, actionConstraints, symmetry } = configuration;
  const names = new Set(broken.map(({ name }) => name));
  const place = (name: string | undefined): string =>
    name === undefined ? '' : `${definitions.get(name)?.module ?? ''}!${name}`;
  return JSON.stringify([
    place(specification?.name),
    constants.map(({ name, value }) => [name, value]),
    replacements
      .filter(({ name }) => !names.has(name))
      .map(({ name, replacement }) => [name, place(replacement)]),
    [...constraints, ...actionConstraints].map(({ name }) => place(name)),
    place(symmetry?.name),
  ]);
}

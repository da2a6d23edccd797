/** The collection of broken specifications in `spec/mutants`: what its index and the files beside it say. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { readConfigurationFile } from '../../tla/config/configuration-file.ts';
import type { Configuration, Replacement } from '../../tla/configuration.ts';
import type { DefinitionReader, Definitions } from '../../tla/definitions.ts';
import type { Place } from '../../tla/errors.ts';
import type { ModelSource } from '../../tla/explore/model-check.ts';
import { readList } from '../../tlc/list-file.ts';
import { property } from '../../tlc/property.ts';

/** One entry of `index.json`. */
export interface IndexEntry {
  /** Of the module, and of its files. */
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly wrong: string;
  /** ZooKeeper's issues that are this bug. */
  readonly jira: readonly string[];
  /** The property that kills it. */
  readonly property: string;
  /** Within the same bounds, no other property of the specification is violated. */
  readonly alone: boolean;
}

/** A definition, and what the mutant puts in its place. */
export interface BrokenDefinition {
  readonly name: string;
  readonly broken: string;
  readonly original: Place;
  readonly replacement: Place;
}

/** A mutant with its files read. */
export interface SpecificationMutant extends IndexEntry {
  readonly source: ModelSource;
  readonly broken: readonly BrokenDefinition[];
  /** All definitions that its module sees, by name. */
  readonly definitions: Definitions;
}

/** What stands in the collection contradicts itself, or what a run needs is missing: one line. */
export class CollectionError extends Error {
  override readonly name = 'CollectionError';
}

/** Holds along every counterexample: a mutant that breaks the types shows nothing about what else it breaks. */
export const TYPES = 'TypeOK';

const FIELDS = ['name', 'wrong', 'jira', 'property', 'alone'];

/**
 * Reads `index.json` of a folder.
 * @throws CollectionError if it is not a list of entries, or does not name the modules of the folder
 */
export function readIndex(folder: string): IndexEntry[] {
  const file = join(folder, 'index.json');
  const entries = mutantsIn(file).map((item, position) => {
    const [name, wrong, jira, killer, alone] = FIELDS.map((field) => property(item, field));
    const unknownField = Object.keys(typeof item === 'object' && item !== null ? item : {}).find(
      (field) => !FIELDS.includes(field),
    );
    if (
      typeof name !== 'string' ||
      typeof wrong !== 'string' ||
      typeof killer !== 'string' ||
      !Array.isArray(jira) ||
      !jira.every((issue) => typeof issue === 'string' && /^ZOOKEEPER-\d+$/.test(issue)) ||
      (alone !== undefined && alone !== true) ||
      unknownField !== undefined
    ) {
      throw new CollectionError(
        `${file}: mutants[${position}] needs "name", "wrong", a list "jira" of ZOOKEEPER-…, "property", and may have ` +
          '"alone": true',
      );
    }
    return { name, wrong, jira: jira.map(String), property: killer, alone: alone === true };
  });
  const names = entries.map(({ name }) => name);
  const twice = names.find((name, position) => names.indexOf(name) !== position);
  if (twice !== undefined) throw new CollectionError(`${file}: ${twice} stands there twice`);
  for (const name of names) {
    for (const ending of ['tla', 'cfg']) {
      if (!existsSync(join(folder, `${name}.${ending}`)))
        throw new CollectionError(`${join(folder, `${name}.${ending}`)}: missing, though ${file} names it`);
    }
  }
  for (const configuration of readdirSync(folder).filter((name) => name.endsWith('.cfg'))) {
    if (!names.includes(configuration.slice(0, -'.cfg'.length)))
      throw new CollectionError(`${join(folder, configuration)}: ${file} does not name it`);
  }
  return entries;
}

function mutantsIn(file: string): readonly unknown[] {
  try {
    return readList(file, 'mutants');
  } catch (error) {
    throw new CollectionError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Reads the files of an entry, and sees that the configuration names the entry's property alone and breaks something.
 * @param specification folder of the specification, in which `mutants` and `models` are.
 * @throws CollectionError, or TlaError for what is wrong with a module or a configuration
 */
export async function readMutant(
  specification: string,
  entry: IndexEntry,
  reader: DefinitionReader,
): Promise<SpecificationMutant> {
  const { name, property: killer } = entry;
  const tla = join(specification, 'mutants', `${name}.tla`);
  const libraries = [specification, join(specification, 'models')];
  const configuration = await readConfigurationFile(join(specification, 'mutants', `${name}.cfg`));
  const { file, invariants, properties } = configuration;
  const listed = [...invariants, ...properties].map((item) => item.name);
  const expected = killer === TYPES ? [TYPES] : [TYPES, killer];
  if (listed.join() !== expected.join()) {
    throw new CollectionError(
      `${file}: names ${listed.join(', ')}; it must name ${expected.join(', then ')}`,
    );
  }
  const definitions = reader.definitionsIn(tla, libraries);
  const broken = configuration.replacements.flatMap((item) => brokenBy(item, name, definitions));
  if (broken.length === 0 && !isOwn(configuration.specification?.name, name, definitions)) {
    throw new CollectionError(
      `${file}: replaces no definition of the specification by one of ${name}, and names no SPECIFICATION of ${name}`,
    );
  }
  return { ...entry, source: { tla, configuration, libraries }, broken, definitions };
}

/** Replaces a definition (not a constant) by one of the mutant's own. */
function brokenBy(
  { name, replacement }: Replacement,
  mutant: string,
  definitions: Definitions,
): BrokenDefinition[] {
  const original = definitions.get(name);
  const place = definitions.get(replacement);
  if (original === undefined || place?.module !== mutant) return [];
  return [{ name, broken: replacement, original, replacement: place }];
}

function isOwn(name: string | undefined, mutant: string, definitions: Definitions): boolean {
  return name !== undefined && definitions.get(name)?.module === mutant;
}

/** The mutant's configuration without what breaks the specification, with these to be checked. */
export function mended({ source, broken }: SpecificationMutant, checked: Checked): ModelSource {
  const names = new Set(broken.map(({ name }) => name));
  const { replacements } = source.configuration;
  return withChecked(
    {
      ...source,
      configuration: {
        ...source.configuration,
        replacements: replacements.filter(({ name }) => !names.has(name)),
      },
    },
    checked,
  );
}

/** What a run checks, by name. */
export interface Checked {
  readonly invariants: readonly string[];
  readonly properties: readonly string[];
}

/** The same model, in which other invariants and properties are checked. */
export function withChecked(source: ModelSource, { invariants, properties }: Checked): ModelSource {
  const { configuration } = source;
  const named = (names: readonly string[]): Configuration['invariants'] =>
    names.map((name) => ({ name, place: configurationPlace(configuration) }));
  return {
    ...source,
    configuration: { ...configuration, invariants: named(invariants), properties: named(properties) },
  };
}

function configurationPlace({ file }: Configuration): Place {
  return { file, module: '', line: 1, column: 1, endLine: 1, endColumn: 1 };
}

/** A part of the implementation that is held to a specification. */
import type { JsonValue } from '../tla/explore/companion.ts';
import type { Path } from '../tla/explore/path.ts';
import type { Specification } from '../tla/specification.ts';
import type { DifferentPart } from './different-part.ts';

export interface Subject {
  /** The module that specifies it, by which its actions are told from those of others. */
  readonly module: string;
  /** The variables of that module, each of which is compared. */
  readonly variables: readonly string[];
  /** The actions of that module, each of which it is made to perform. */
  readonly actions: readonly string[];
  /** `file:` URL of its companion in an exploration; takes {@link LockstepOptions}. */
  readonly companion: string;
  /** What may change how an exploration comes out, relative to the root of the project: folders of sources. */
  readonly sources: readonly string[];
  /** Does a crash between two of its effects show something that its own steps do not? */
  readonly crashPrefixes: boolean;
  /** Can `zab replay` follow its traces? */
  readonly replayed: boolean;
  /** Where two paths to one state leave it in different conditions. */
  explainRemembered(specification: Specification, first: Path, second: Path): DifferentPart | undefined;
}

/** What of a lockstep is switched, all of it plain data. */
export interface LockstepOptions {
  /** A variable whose projection is falsified on purpose: the run must fail. */
  readonly falsified?: string;
  /** False to leave out the stimuli that the specification has no step for. */
  readonly refusals?: boolean;
  /** False to leave out the crashes between effects. */
  readonly crashPrefixes?: boolean;
}

/** The options as a companion is given them. */
export function lockstepOptions(options: JsonValue): LockstepOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return {};
  const { falsified, refusals, crashPrefixes } = options as Readonly<Record<string, JsonValue>>; // checked above
  return {
    ...(typeof falsified === 'string' ? { falsified } : {}),
    ...(typeof refusals === 'boolean' ? { refusals } : {}),
    ...(typeof crashPrefixes === 'boolean' ? { crashPrefixes } : {}),
  };
}

/** Where something stands in a module. Lines and columns are 1-based and inclusive, as TLC counts them. */
export interface Place {
  /** Path of the file, as given or as found by the module search; `<expression>` for text without a file. */
  readonly file: string;
  /** Name of the module, empty for a configuration file. */
  readonly module: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/**
 * What kind of mistake stopped the work:
 * - `syntax`: the text does not parse;
 * - `semantic`: it parses and means nothing (undefined name, wrong number of arguments, …);
 * - `configuration`: the model does not fit the specification (a constant without a value, …);
 * - `unsupported`: it means something that this checker does not evaluate;
 * - `evaluation`: evaluating it fails, as it does in TLC.
 */
export type TlaErrorKind = 'syntax' | 'semantic' | 'configuration' | 'unsupported' | 'evaluation';

/** Every mistake that a person can make in a specification or a model arrives as one of these. */
export class TlaError extends Error {
  readonly kind: TlaErrorKind;
  /** The innermost place that is known; filled in on the way out for evaluation errors. */
  place: Place | undefined;
  /** The bare sentence; `message` is the sentence with the place in front. */
  readonly sentence: string;

  constructor(kind: TlaErrorKind, sentence: string, place?: Place) {
    super(sentence);
    this.name = 'TlaError';
    this.kind = kind;
    this.sentence = sentence;
    this.place = place;
    if (place !== undefined) this.message = `${formatPlace(place)}: ${sentence}`;
  }

  /** Adds the place, unless a more precise one is there already. */
  at(place: Place): this {
    if (this.place === undefined) {
      this.place = place;
      this.message = `${formatPlace(place)}: ${this.sentence}`;
    }
    return this;
  }
}

/** `file:line:column`, the form that editors open. */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

/** `line 5, col 12 to line 5, col 55 of module M`, the form that TLC prints. */
export function formatRange(place: Place): string {
  return `line ${place.line}, col ${place.column} to line ${place.endLine}, col ${place.endColumn} of module ${place.module}`;
}

/** The error that evaluation raises; its place is added by the nearest expression that has one. */
export function evaluationError(sentence: string, place?: Place): TlaError {
  return new TlaError('evaluation', sentence, place);
}

/** True for what JavaScript raises when calls are nested too deep. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

/**
 * What can be wrong with a trace from outside.
 *
 * - `syntax`: not JSON. `truncated`: JSON that stops before it is complete. `encoding`: not UTF-8.
 * - `limit`: larger or deeper than the reader was told to accept.
 * - `structure`: JSON, but not a trace of the form it claims to be.
 * - `mismatch`: a trace, but not one of the specification it was typed against.
 * - `unwritable`: a value that the form cannot express without loss.
 * - `unreadable`: the file system refused.
 */
export type TraceErrorCode =
  'syntax' | 'truncated' | 'encoding' | 'limit' | 'structure' | 'mismatch' | 'unwritable' | 'unreadable';

/** The way from the root of a JSON document to a value: keys of objects and indices of arrays. */
export type JsonPath = readonly (string | number)[];

/** Where a trace is wrong. Lines and columns count from 1; columns count UTF-16 units. */
export interface TracePlace {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly path?: JsonPath;
}

/** A trace that cannot be read, written or typed. `message` is one line and begins with the place. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  readonly code: TraceErrorCode;
  readonly place: TracePlace;
  /** The message without its place. */
  readonly sentence: string;

  constructor(code: TraceErrorCode, sentence: string, place: TracePlace = {}) {
    const where = formatPlace(place);
    super(oneLine(where === '' ? sentence : `${where}: ${sentence}`));
    this.code = code;
    this.place = place;
    this.sentence = sentence;
  }
}

/** The path in the manner of JSONPath: `$.states[3].x`, with brackets for keys that are no identifiers. */
export function formatPath(path: JsonPath): string {
  let text = '$';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(step)) text += `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

function formatPlace(place: TracePlace): string {
  const parts: string[] = [];
  const file = place.file ?? (place.line === undefined ? undefined : '<trace>');
  if (file !== undefined) {
    const line = place.line === undefined ? '' : `:${place.line}`;
    const column = place.column === undefined ? '' : `:${place.column}`;
    parts.push(`${file}${line}${column}`);
  }
  if (place.path !== undefined) parts.push(formatPath(place.path));
  return parts.join(': ');
}

/** Names and keys come from outside, so a line break in one must not break the promise of one line. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

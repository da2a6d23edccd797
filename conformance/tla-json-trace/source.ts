import { TraceError, type JsonPath, type TraceErrorCode } from './errors.ts';
import { locate, parseJson, type JsonValue } from './json.ts';

/** Bounds on what a reader accepts; each has a default. */
export interface ReadLimits {
  /** Length of the text, in UTF-16 units; of a file, in bytes. */
  readonly sizeMax?: number;
  readonly depthMax?: number;
  readonly digitsMax?: number;
}

export interface ReadOptions extends ReadLimits {
  /** The name to give in messages. */
  readonly file?: string;
}

export const DEFAULT_LIMITS: Required<ReadLimits> = {
  sizeMax: 256 * 1024 * 1024,
  depthMax: 256,
  digitsMax: 4096,
};

/** A complaint about one place of a document, before the reader adds file, line and column. */
export class Fault extends Error {
  readonly path: JsonPath;
  readonly code: TraceErrorCode;

  constructor(path: JsonPath, sentence: string, code: TraceErrorCode = 'structure') {
    super(sentence);
    this.path = path;
    this.code = code;
  }
}

/**
 * A document and where it came from, so that whoever finds fault with it later (a trace of another specification, say)
 * can name the line.
 */
export class TraceSource {
  readonly file: string | undefined;
  readonly text: string;
  readonly document: JsonValue;
  private readonly limits: Required<ReadLimits>;

  /** @throws TraceError if the text is not JSON or exceeds a limit. */
  constructor(text: string, options: ReadOptions = {}) {
    this.limits = {
      sizeMax: options.sizeMax ?? DEFAULT_LIMITS.sizeMax,
      depthMax: options.depthMax ?? DEFAULT_LIMITS.depthMax,
      digitsMax: options.digitsMax ?? DEFAULT_LIMITS.digitsMax,
    };
    this.file = options.file;
    this.text = text;
    if (text.length > this.limits.sizeMax) {
      throw tooLarge(text.length, this.limits.sizeMax, options.file);
    }
    this.document = parseJson(text, this.limits, options.file);
  }

  /** An error at the value that `path` leads to, or, where there is none, at its nearest ancestor. */
  errorAt(path: JsonPath, code: TraceErrorCode, sentence: string): TraceError {
    const place = { ...locate(this.text, this.limits, path), path };
    return new TraceError(code, sentence, this.file === undefined ? place : { file: this.file, ...place });
  }

  /** Interprets the document; a fault becomes an error with its line. */
  interpret<T>(read: (document: JsonValue) => T): T {
    try {
      return read(this.document);
    } catch (error) {
      if (error instanceof Fault) throw this.errorAt(error.path, error.code, error.message);
      throw error;
    }
  }
}

export function tooLarge(size: number, sizeMax: number, file: string | undefined): TraceError {
  return new TraceError(
    'limit',
    `${size} long, more than ${sizeMax}, the limit`,
    file === undefined ? {} : { file },
  );
}

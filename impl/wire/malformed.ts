/** What a decoder says of bytes that are not what they should be. */

/** Bytes that cannot be decoded: what is wrong, and how many bytes before it were read. */
export interface Malformed {
  readonly ok: false;
  readonly reason: string;
  readonly offset: number;
}

export type Decoded<T> = { readonly ok: true; readonly value: T } | Malformed;

/**
 * Thrown by readers, inside this layer only: `decode` turns it into a result. A decoder that went on after each field
 * to ask whether it could be read would bury the format that it describes.
 */
export class MalformedInput extends Error {
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.name = 'MalformedInput';
    this.offset = offset;
  }
}

/** The result of a reader that may throw `MalformedInput`; every other error is a bug and passes. */
export function decoded<T>(read: () => T): Decoded<T> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof MalformedInput) return { ok: false, reason: error.message, offset: error.offset };
    throw error;
  }
}

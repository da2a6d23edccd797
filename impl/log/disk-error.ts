/** What the disk holds that cannot be read, or would not take: told to a person, who must act. */

/** What to do about a file that cannot be trusted. */
export const REMEDY = 'restore it from a backup, or let this server start with empty directories';

/** A data file that cannot be trusted, or that could not be read or written. Its message is one line. */
export class DiskError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DiskError';
  }

  /** An error of the operating system while `doing` something, such as "cannot sync /data/log.1". */
  static from(doing: string, error: unknown): DiskError {
    if (error instanceof DiskError) return error;
    return new DiskError(`${doing}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Is it an error of the operating system with that code, such as ENOENT? */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

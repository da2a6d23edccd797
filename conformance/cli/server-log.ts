/** The end of what a server process has logged, for a person who wants to know why it ended. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const LINES_SHOWN = 12;
const BYTES_READ_MAX = 8192;

/** The last lines of the file; a sentence if it cannot be read. */
export function logTail(file: string): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const bytes = Buffer.alloc(Math.min(size, BYTES_READ_MAX));
      readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString('utf8').trimEnd().split('\n').slice(-LINES_SHOWN).join('\n');
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

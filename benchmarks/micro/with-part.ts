/** A part in use: with a directory of its own for as long as it takes. */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';

import type { OpenPart, Part } from './part.ts';

/** Opens the part, with a directory below `parent` if it needs one, and closes it afterwards, whatever happens. */
export async function withPart<T>(
  part: Part,
  parent: string,
  use: (opened: OpenPart) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(path.join(parent, 'zab-bench-part-'));
  try {
    const opened = await part.open(directory);
    try {
      return await use(opened);
    } finally {
      await opened.close?.();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

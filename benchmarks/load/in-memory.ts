/** Where data are kept while it is measured what a disk costs. */
import { statfs } from 'node:fs/promises';

const TMPFS = 0x01021994;
const RAMFS = 0x858458f6;

/** Is this a file system without a disk, where a sync costs nothing? Rejects when there is no such directory. */
export async function isInMemory(directory: string): Promise<boolean> {
  const { type } = await statfs(directory);
  return type === TMPFS || type === RAMFS;
}

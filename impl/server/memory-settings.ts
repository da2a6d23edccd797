/** How the process of a server takes memory, and gives it back. */
import { Buffer } from 'node:buffer';
import { setFlagsFromString } from 'node:v8';

/** Short buffers are cut from pieces of this many bytes: each piece costs something on its way back, however long it is. */
const POOL_BYTES = 256 * 1024;

/**
 * For the whole process, and early. A server is short of processors, not of work, and little of what is young stays: it
 * collects that in less time by itself than it takes threads that others compete with to help it.
 */
export function setMemory(): void {
  setFlagsFromString('--no-parallel-scavenge');
  Buffer.poolSize = POOL_BYTES;
}

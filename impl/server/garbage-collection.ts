import { setFlagsFromString } from 'node:v8';

/**
 * For the process of a server, and early. Little of what is young there stays, so it is collected in less time than it takes
 * to wake threads for help, above all where other servers compete for the same processors.
 */
export function collectYoungAlone(): void {
  setFlagsFromString('--no-parallel-scavenge');
}

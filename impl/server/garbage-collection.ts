import { setFlagsFromString } from 'node:v8';

/**
 * When and how the process of a server collects garbage; to be called early.
 *
 * Little of what is young stays, so it is collected in less time than it takes to wake threads for help, above all where
 * other servers compete for the same processors.
 *
 * What stays is small: a tree and the zxids of a history, some ten MiB. A server under load takes that much anew many times
 * a second, most of it outside the heap, and V8 would go through the old heap each time. It does when eleven times as much as
 * was left is there, or half of what the heap may take in all.
 *
 * Where objects of one place in the code are often found alive, V8 allocates them among the old ones from then on. Arrays that
 * pass on what has come together are such: as old ones they keep all that they held from being collected until the old heap
 * is, and half of what is young is moved for nothing. It happened to one server or the other, which then lagged.
 */
export function setGarbageCollection(): void {
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--heap-growing-percent=1000');
  setFlagsFromString('--no-allocation-site-pretenuring');
}

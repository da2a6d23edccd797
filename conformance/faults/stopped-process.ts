/**
 * Whether a process has come to a stop after SIGSTOP. The signal stops no thread by itself: one of them has to run to take
 * it, and each that is running, or waiting for a disk, goes on until it comes out of the kernel next. On a busy machine that
 * takes tens of milliseconds, enough for a server to read a proposal and write it to its log.
 */
import { readdirSync, readFileSync } from 'node:fs';

import { hasCode } from '../../impl/log/disk-error.ts';

/** `T` in proc(5): stopped; `t`: stopped, and traced; `Z` and `X`: has ended. */
const STANDS_STILL = /^[TtZX]$/;

/** True too where nothing can be told: of a process that has ended, and on systems that show no threads in /proc. */
export function standsStill(pid: number): boolean {
  const folder = `/proc/${pid}/task`;
  let threads: string[];
  try {
    threads = readdirSync(folder);
  } catch (error) {
    if (isGone(error)) return true;
    throw error;
  }
  return threads.every((thread) => {
    const state = stateOf(`${folder}/${thread}/stat`);
    return state === undefined || STANDS_STILL.test(state);
  });
}

/** The letter for a thread's state, which follows its name in brackets; undefined if the thread has ended. */
function stateOf(file: string): string | undefined {
  try {
    const line = readFileSync(file, 'utf8');
    return line.charAt(line.lastIndexOf(')') + 2);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** There is no such process or thread; or no /proc. */
function isGone(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH');
}

/**
 * How a learner was brought up to date, as the logs say it. Servers of Apache ZooKeeper say all of it as learners, and most
 * of it as leaders (not when they cut what is behind their own log's end); ours say what they do to their own log.
 */
import { readFileSync } from 'node:fs';

export type Kind = 'ours' | 'apache';

/** `unsaid`: nothing was said of it, as of a DIFF between two of ours. */
export type Synchronized = 'DIFF' | 'SNAP' | 'TRUNC' | 'unsaid';

export interface LogOfServer {
  readonly file: string;
  /** What stands before this place is of no interest: bytes from the beginning. */
  readonly from: number;
  readonly id: number;
  readonly kind: Kind;
}

/** What learners of both kinds say. */
const AT_LEARNER: readonly (readonly [RegExp, Synchronized])[] = [
  [/Getting a diff from the leader/, 'DIFF'],
  [/Getting a snapshot from leader/, 'SNAP'],
  [/Truncating log to get in sync with the leader/, 'TRUNC'],
  [/a snapshot takes the place of the log/, 'SNAP'],
  [/the log is cut/, 'TRUNC'],
];

/** What a leader says in the thread of one learner. */
const AT_LEADER: readonly (readonly [RegExp, Synchronized])[] = [
  [/Sending DIFF zxid/, 'DIFF'],
  [/Sending snapshot last zxid of peer/, 'SNAP'],
  [/Sending TRUNC zxid/, 'TRUNC'],
];

/** The last time that it happened. */
export function synchronizationOf(learner: LogOfServer, leader: LogOfServer): Synchronized {
  const said = lastAtLearner(linesOf(learner));
  if (said !== 'unsaid' || learner.kind === 'apache' || leader.kind === 'ours') return said;
  return lastAtLeader(linesOf(leader), learner.id);
}

function linesOf({ file, from }: LogOfServer): readonly string[] {
  return readFileSync(file).subarray(from).toString('utf8').split('\n');
}

function lastAtLearner(lines: readonly string[]): Synchronized {
  return lines.reduce<Synchronized>((found, line) => saidIn(line, AT_LEARNER) ?? found, 'unsaid');
}

/** A line begins with its thread's name; which learner's thread it is, is said once. */
function lastAtLeader(lines: readonly string[], learner: number): Synchronized {
  let found: Synchronized = 'unsaid';
  let thread: string | undefined;
  for (const line of lines) {
    const speaking = /^\[[^\]]*\]/.exec(line)?.[0];
    const sid = /Synchronizing with Learner sid: (\d+)/.exec(line)?.[1];
    if (sid === String(learner)) thread = speaking;
    if (speaking !== undefined && speaking === thread) found = saidIn(line, AT_LEADER) ?? found;
  }
  return found;
}

function saidIn(
  line: string,
  sayings: readonly (readonly [RegExp, Synchronized])[],
): Synchronized | undefined {
  return sayings.find(([pattern]) => pattern.test(line))?.[1];
}

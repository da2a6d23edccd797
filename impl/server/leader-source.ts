/** How a server learns whom it follows, or that it leads: by an election, or, where it has no vote, by asking. */
import type { Claim } from '../election/vote.ts';
import { ElectionHost, type ElectionHostOptions } from './election-host.ts';
import { LeaderFinder } from './leader-finder.ts';

export interface LeaderSource {
  /** Following or leading has changed what is on disk. */
  served(own: Claim): void;
  /** The server has given its role up and looks again. All of its log is on disk, and `own` says how far it reaches. */
  abandoned(own: Claim): void;
  close(): Promise<void>;
}

/** Listens on the election port and begins to look. Rejects when it cannot listen. */
export function openLeaderSource(options: ElectionHostOptions): Promise<LeaderSource> {
  return options.voters.includes(options.myId) ? ElectionHost.open(options) : LeaderFinder.open(options);
}

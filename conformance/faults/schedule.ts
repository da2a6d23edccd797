/** What goes wrong in a round, and when: made from a seed, so that a round can be run again. */
import { Random } from '../tla/explore/random.ts';

/** What happens to servers, counted from 0, for a while. */
export type FaultKind =
  /** SIGKILL; a new process after the while. */
  | { readonly type: 'kill'; readonly server: number }
  /** SIGSTOP, and SIGCONT after the while. */
  | { readonly type: 'pause'; readonly server: number }
  /** Their connections break, and no new ones come about, in both directions. */
  | { readonly type: 'cut'; readonly server: number; readonly other: number }
  /** Nothing comes through between them, but nothing breaks. */
  | { readonly type: 'stall'; readonly server: number; readonly other: number };

export interface Fault {
  readonly atMs: number;
  readonly forMs: number;
  readonly kind: FaultKind;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly servers: number;
  /** Faults begin within the first so many milliseconds. */
  readonly spanMs: number;
}

/** The timeout of the sessions that write during a round. */
export const SESSION_TIMEOUT_MS = 4000;

const FAULTS_MAX = 4;
const FOR_MS_MIN = 100;
const FOR_MS_MAX = 1500;
/** One pause in three outlasts the sessions, of which the server that stands still may be the judge. */
const LONG_PAUSES_ONE_IN = 3;
const LONG_PAUSE_MS_MIN = SESSION_TIMEOUT_MS + 500;
const LONG_PAUSE_MS_MAX = SESSION_TIMEOUT_MS + 2500;

/** The faults of a round, in the order of their times. Some take the quorum away; none lasts. */
export function scheduleOf({ seed, servers, spanMs }: ScheduleOptions): Fault[] {
  const random = new Random(seed);
  const count = 1 + random.below(FAULTS_MAX);
  const faults = Array.from({ length: count }, (): Fault => {
    const atMs = random.below(spanMs);
    const forMs = FOR_MS_MIN + random.below(FOR_MS_MAX - FOR_MS_MIN);
    const server = random.below(servers);
    const other = (server + 1 + random.below(servers - 1)) % servers;
    // Killing is what the disk has to stand, so it comes up most often.
    switch (random.below(5)) {
      case 0: {
        const long = random.below(LONG_PAUSES_ONE_IN) === 0;
        const pauseMs = LONG_PAUSE_MS_MIN + random.below(LONG_PAUSE_MS_MAX - LONG_PAUSE_MS_MIN);
        return { atMs, forMs: long ? pauseMs : forMs, kind: { type: 'pause', server } };
      }
      case 1:
        return { atMs, forMs, kind: { type: 'cut', server, other } };
      case 2:
        return { atMs, forMs, kind: { type: 'stall', server, other } };
      default:
        return { atMs, forMs, kind: { type: 'kill', server } };
    }
  });
  return faults.sort((a, b) => a.atMs - b.atMs);
}

/** As in `kill 2 at 310 ms for 900 ms`; servers by their ids. */
export function faultText({ atMs, forMs, kind }: Fault): string {
  const whom = 'other' in kind ? `${kind.server + 1}-${kind.other + 1}` : String(kind.server + 1);
  return `${kind.type} ${whom} at ${atMs} ms for ${forMs} ms`;
}

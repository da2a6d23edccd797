/** What came of expanding one block of the frontier, as plain data that travels between threads. */
import type { Finding, FindingPlace } from './finding.ts';

/** A finding about the candidate at this position of the records; it counts only if the candidate is new. */
export interface CandidateFinding {
  readonly record: number;
  readonly finding: Finding;
}

export interface BlockResult {
  /** States that may be new, in the order of generation: `RECORD_WORDS` words each, see the constants below. */
  readonly records: Uint32Array<ArrayBuffer>;
  /** Encoded state, then snapshot, of each record, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly candidateFindings: readonly CandidateFinding[];
  /** Found for sure; what follows it in the block was not looked at. */
  readonly stop?: { readonly at: FindingPlace; readonly finding: Finding };
  readonly tally: Tally;
  /** What Print and PrintT printed. */
  readonly printed: readonly string[];
}

/** What is added up over blocks. */
export interface Tally {
  /** For each action, successors generated. */
  readonly generated: number[];
  /** For each action, successors outside CONSTRAINT or ACTION_CONSTRAINT. */
  readonly outside: number[];
  /** Distinct (source, action, arguments, target); counted only with a companion. */
  edges: number;
  /** States whose successors were generated. */
  expanded: number;
  readonly counters: Record<string, number>;
  /** How often each goal of coverage was met; absent if nobody asked. */
  coverage?: number[];
}

export const RECORD_LOW = 0;
export const RECORD_HIGH = 1;
/** Position in the block of the state it was reached from. */
export const RECORD_SOURCE = 2;
/** Which successor of that state it is. */
export const RECORD_EDGE = 3;
export const RECORD_ACTION = 4;
export const RECORD_STATE_BYTES = 5;
export const RECORD_SNAPSHOT_BYTES = 6;
/** Four words. */
export const RECORD_DIGEST = 7;
export const RECORD_WORDS = 11;

export function emptyTally(actions: number): Tally {
  return {
    generated: new Array<number>(actions).fill(0),
    outside: new Array<number>(actions).fill(0),
    edges: 0,
    expanded: 0,
    counters: {},
  };
}

/** Adds `more` to `sum`. */
export function addTally(sum: Tally, more: Tally): void {
  more.generated.forEach((count, action) => (sum.generated[action] = (sum.generated[action] ?? 0) + count));
  more.outside.forEach((count, action) => (sum.outside[action] = (sum.outside[action] ?? 0) + count));
  sum.edges += more.edges;
  sum.expanded += more.expanded;
  addCounters(sum.counters, more.counters);
  if (more.coverage !== undefined) sum.coverage = addCoverage(sum.coverage, more.coverage);
}

/** The sum of two counts of the same goals. */
export function addCoverage(sum: readonly number[] | undefined, more: readonly number[]): number[] {
  return more.map((count, goal) => count + (sum?.[goal] ?? 0));
}

export function addCounters(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
}

/** Collects records and their bytes in arrays that grow and are used again for the next block. */
export class RecordWriter {
  private words = new Uint32Array(RECORD_WORDS * 1024);
  private bytes = new Uint8Array(1 << 16);
  private byteLength = 0;
  count = 0;

  add(
    low: number,
    high: number,
    source: number,
    edge: number,
    action: number,
    state: Uint8Array,
    snapshot: Uint8Array,
    digest: Uint32Array | undefined,
  ): void {
    const start = this.count * RECORD_WORDS;
    if (start + RECORD_WORDS > this.words.length) {
      const larger = new Uint32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    const words = this.words;
    words[start + RECORD_LOW] = low;
    words[start + RECORD_HIGH] = high;
    words[start + RECORD_SOURCE] = source;
    words[start + RECORD_EDGE] = edge;
    words[start + RECORD_ACTION] = action;
    words[start + RECORD_STATE_BYTES] = state.length;
    words[start + RECORD_SNAPSHOT_BYTES] = snapshot.length;
    for (let word = 0; word < 4; word += 1) words[start + RECORD_DIGEST + word] = digest?.[word] ?? 0;
    this.count += 1;

    const needed = this.byteLength + state.length + snapshot.length;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, needed));
      larger.set(this.bytes.subarray(0, this.byteLength));
      this.bytes = larger;
    }
    this.bytes.set(state, this.byteLength);
    this.bytes.set(snapshot, this.byteLength + state.length);
    this.byteLength = needed;
  }

  /** Copies what was collected and begins again. */
  take(): { records: Uint32Array<ArrayBuffer>; bytes: Uint8Array<ArrayBuffer> } {
    const taken = {
      records: this.words.slice(0, this.count * RECORD_WORDS),
      bytes: this.bytes.slice(0, this.byteLength),
    };
    this.count = 0;
    this.byteLength = 0;
    return taken;
  }
}

/**
 * Explores all reachable states, breadth first.
 *
 * One thread, this one, owns the table of states and the frontier. Blocks of the frontier go out to be expanded in the
 * order of the queue and their results are merged in that order, whatever order they come back in. Hence figures, states'
 * indices, paths and the finding that ends the exploration are those of a single thread, which are TLC's with `-workers 1`.
 */
import type { Specification, State } from '../specification.ts';
import {
  addTally,
  emptyTally,
  RECORD_ACTION,
  RECORD_DIGEST,
  RECORD_EDGE,
  RECORD_HIGH,
  RECORD_LOW,
  RECORD_SNAPSHOT_BYTES,
  RECORD_SOURCE,
  RECORD_STATE_BYTES,
  RECORD_WORDS,
  addCounters,
  type BlockResult,
  type Tally,
} from './block-result.ts';
import type { CheckpointFolder } from './checkpoint.ts';
import type { Companion } from './companion.ts';
import { Crew, type StartThreads } from './crew.ts';
import { Expander } from './expander.ts';
import { evaluationFinding, type Finding, type FindingPlace } from './finding.ts';
import { Frontier, type FrontierBlock } from './frontier.ts';
import type { Figures, Outcome, Verdict } from './outcome.ts';
import { nthSuccessor, pathTo, type PathStep } from './path.ts';
import type { StateCodec } from './state-codec.ts';
import { NO_PARENT, StateTable } from './state-table.ts';
import { findInitialViolation } from './violations.ts';

const NOTHING = new Uint8Array(0);
const FRONTIER_BYTES_MAX = 4 * 2 ** 30;

export interface ExplorerOptions {
  readonly specification: Specification;
  readonly codec: StateCodec;
  /** The companion of this thread, if one rides along. */
  readonly companion?: Companion;
  /** Starts the other threads, when there is enough work; none are started if absent. */
  readonly startThreads?: StartThreads;
  /** States to be found by this thread alone before the others are started; with 0 it waits for them and does nothing alone. */
  readonly aloneStates?: number;
  /** Bytes of waiting states kept in memory. */
  readonly frontierBytesMax?: number;
  /** States handed to a thread at once. The outcome does not depend on it. */
  readonly blockStatesMax?: number;
  /** Takes away what the specification printed in this thread. */
  readonly takePrinted?: () => readonly string[];
  /** Receives what the specification prints while it is explored, in order. */
  readonly onPrinted?: (lines: readonly string[]) => void;
  /** Called now and then while the exploration runs. */
  readonly onProgress?: (figures: Figures) => void;
  readonly signal?: AbortSignal;
  /** Stops, as if interrupted, once that many distinct states are known. */
  readonly statesMax?: number;
  /** Keeps the exploration on disk, and goes on from there if something is there. */
  readonly checkpoint?: CheckpointFolder;
  /** Milliseconds from one checkpoint to the next. */
  readonly checkpointEvery?: number;
}

export class Explorer {
  private readonly options: ExplorerOptions;
  private readonly table: StateTable;
  private readonly frontier: Frontier;
  private readonly expander: Expander;
  private tally: Tally;
  private readonly distinctByAction: number[];
  private initialGenerated = 0;
  private initialDistinct = 0;
  /** Index of the first state of each level. */
  private levelStarts: number[] = [];
  /** Number of states whose expansion has been merged, or has ended the exploration. */
  private expandedStates = 0;
  /** The violating state is in the table but will not be expanded, nor is it waiting. */
  private violator = 0;

  private readonly crew: Crew;
  private savedAt = Date.now();

  constructor(options: ExplorerOptions) {
    this.options = options;
    const { specification, codec, companion } = options;
    this.table = new StateTable(companion !== undefined);
    this.frontier = new Frontier(options.frontierBytesMax ?? FRONTIER_BYTES_MAX, options.blockStatesMax);
    this.crew = new Crew(this.frontier, this.table, options.signal);
    this.expander = new Expander({
      specification,
      codec,
      table: this.table,
      takePrinted: options.takePrinted ?? (() => []),
      ...(companion === undefined ? {} : { companion }),
    });
    this.tally = emptyTally(specification.actions.length);
    this.distinctByAction = new Array<number>(specification.actions.length).fill(0);
  }

  /**
   * Explores until everything is explored or something is found.
   * @throws whatever is not a mistake in the specification: a failing thread, a full disk
   */
  async explore(): Promise<Outcome> {
    try {
      const resumed = this.resume();
      const explored = (resumed ? undefined : this.begin()) ?? (await this.loop());
      const verdict = explored.kind === 'ok' ? this.checkPostcondition() : explored;
      if (verdict.kind !== 'interrupted') this.options.checkpoint?.remove();
      return { verdict, figures: this.figures() };
    } finally {
      await this.crew.close();
      this.frontier.dispose();
    }
  }

  figures(): Figures {
    const { specification } = this.options;
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    return {
      generated: this.initialGenerated + sum(this.tally.generated),
      distinct: this.table.size,
      depth: this.levelStarts.length,
      queue: this.table.size - this.expandedStates - this.violator,
      initialGenerated: this.initialGenerated,
      initialDistinct: this.initialDistinct,
      actions: specification.actions.map((action) => ({
        action,
        generated: this.tally.generated[action.index] ?? 0,
        distinct: this.distinctByAction[action.index] ?? 0,
        outside: this.tally.outside[action.index] ?? 0,
      })),
      edges: this.tally.edges,
      outside: sum(this.tally.outside),
      counters: { ...this.tally.counters },
      ...(this.tally.coverage === undefined ? {} : { coverage: [...this.tally.coverage] }),
    };
  }

  /** Assumptions and initial states. */
  private begin(): Verdict | undefined {
    return this.checkAssumptions() ?? this.findInitialStates();
  }

  /** Goes on from a checkpoint, if there is one. */
  private resume(): boolean {
    const image = this.options.checkpoint?.load();
    if (image === undefined) return false;
    for (const rows of image.rows) this.table.addRows(rows);
    for (const block of image.blocks) this.frontier.restore(block);
    const { counters } = image;
    this.tally = counters.tally;
    counters.distinctByAction.forEach((count, action) => (this.distinctByAction[action] = count));
    this.initialGenerated = counters.initialGenerated;
    this.initialDistinct = counters.initialDistinct;
    this.levelStarts = [...counters.levelStarts];
    this.expandedStates = counters.expandedStates;
    return true;
  }

  /** Saves everything; only while no block is out. */
  private save(): void {
    const { distinctByAction, initialGenerated, initialDistinct, levelStarts, expandedStates, tally } = this;
    this.options.checkpoint?.save({
      counters: { tally, distinctByAction, initialGenerated, initialDistinct, levelStarts, expandedStates },
      states: this.table.size,
      rowWords: this.table.memory().rowWords,
      rows: this.table.rows(),
      blocks: this.frontier.blocks(),
    });
    this.savedAt = Date.now();
  }

  private wantsToStop(): boolean {
    const { signal, statesMax = Infinity } = this.options;
    return signal?.aborted === true || this.table.size >= statesMax;
  }

  /** Whether to let the blocks that are out come back, and hand out no more. */
  private wantsRest(): boolean {
    if (this.options.checkpoint === undefined) return false;
    return this.wantsToStop() || Date.now() - this.savedAt >= (this.options.checkpointEvery ?? 600_000);
  }

  private checkAssumptions(): Verdict | undefined {
    for (const assumption of this.options.specification.assumptions) {
      try {
        if (!assumption.holds([])) return { kind: 'assumption', predicate: assumption };
      } catch (error) {
        const finding = evaluationFinding(error, `assumption ${assumption.name}`);
        return { kind: 'assumption', predicate: assumption, finding };
      }
    }
    return undefined;
  }

  private checkPostcondition(): Verdict {
    const { postcondition } = this.options.specification;
    if (postcondition === undefined) return { kind: 'ok' };
    try {
      return postcondition.holds([]) ? { kind: 'ok' } : { kind: 'postcondition', predicate: postcondition };
    } catch (error) {
      const finding = evaluationFinding(error, `postcondition ${postcondition.name}`);
      return { kind: 'postcondition', predicate: postcondition, finding };
    } finally {
      this.passOnPrinted(this.options.takePrinted?.() ?? []);
    }
  }

  private findInitialStates(): Verdict | undefined {
    const { specification, companion } = this.options;
    let verdict: Verdict | undefined;
    const found = (finding: Finding, state: State): void => {
      verdict = { kind: 'found', finding, path: [{ state }] };
    };
    try {
      specification.initialStates((state) => {
        this.initialGenerated += 1;
        if (verdict !== undefined) return;
        const finding = this.addInitialState(state);
        if (finding !== undefined) found(finding, state);
      });
    } catch (error) {
      verdict ??= { kind: 'found', finding: evaluationFinding(error, 'the initial predicate'), path: [] };
    }
    if (companion !== undefined) addCounters(this.tally.counters, companion.takeCounters());
    this.passOnPrinted(this.options.takePrinted?.() ?? []);
    return verdict;
  }

  private addInitialState(state: State): Finding | undefined {
    const { specification, codec, companion } = this.options;
    for (const constraint of specification.constraints) {
      try {
        if (!constraint.holds(state)) return findInitialViolation(specification, state);
      } catch (error) {
        return evaluationFinding(error, `constraint ${constraint.name}`);
      }
    }
    codec.fingerprint(state);
    const { low, high } = codec;
    const known = this.table.find(low, high);
    const arrival = companion?.initial(state);
    if (arrival?.kind === 'mismatch') {
      return { kind: 'mismatch', summary: arrival.summary, detail: arrival.detail };
    }
    if (known >= 0) {
      const same = arrival === undefined || this.table.digestEquals(known, arrival.digest, 0);
      return same ? undefined : { kind: 'remembered' };
    }
    const index = this.table.add(low, high, NO_PARENT, arrival?.digest);
    if (this.levelStarts.length === 0) this.levelStarts.push(0);
    this.initialDistinct += 1;
    this.frontier.push(index, codec.encode(state), arrival?.snapshot() ?? NOTHING);
    return findInitialViolation(specification, state);
  }

  private async loop(): Promise<Verdict> {
    const { onProgress, checkpoint } = this.options;
    const { crew } = this;
    const alone = this.options.aloneStates ?? 0;
    let starting = this.options.startThreads;
    if (starting !== undefined && alone === 0) {
      await crew.start(starting);
      starting = undefined;
    }
    let progressAt = Date.now() + 1000;
    for (;;) {
      crew.check();
      if (checkpoint === undefined && this.wantsToStop()) return { kind: 'interrupted' };
      if (crew.idle) {
        if (this.frontier.size === 0) return { kind: 'ok' };
        if (this.wantsRest()) {
          this.save();
          if (this.wantsToStop()) return { kind: 'interrupted' };
        }
      }
      if (starting !== undefined && this.table.size > alone) {
        void crew.start(starting);
        starting = undefined;
      }
      const verdict = crew.empty && crew.idle ? this.expandHere() : await this.expandElsewhere();
      if (verdict !== undefined) return verdict;
      // Lets messages, signals and timers in.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (onProgress !== undefined && Date.now() >= progressAt) {
        onProgress(this.figures());
        progressAt = Date.now() + 1000;
      }
    }
  }

  private expandHere(): Verdict | undefined {
    const block = this.frontier.take(true);
    return block === undefined ? undefined : this.merge(block, this.expander.expand(block));
  }

  /** Hands out blocks and merges what has come back, at least one block if any is out. */
  private async expandElsewhere(): Promise<Verdict | undefined> {
    if (!this.wantsRest()) this.crew.dispatch();
    if (!this.crew.idle) await this.crew.wait();
    for (let done = this.crew.next(); done !== undefined; done = this.crew.next()) {
      const verdict = this.merge(done.block, done.result);
      if (verdict !== undefined) return verdict;
      if (!this.wantsRest()) this.crew.dispatch();
    }
    return undefined;
  }

  private merge(block: FrontierBlock, result: BlockResult): Verdict | undefined {
    const { records, bytes } = result;
    const withDigest = this.options.companion !== undefined;
    let candidateFinding = 0;
    let offset = 0;
    /** The last record of a state that was new. */
    let newest: number | undefined;
    for (let at = 0; at < records.length; at += RECORD_WORDS) {
      const low = records[at + RECORD_LOW] ?? 0;
      const high = records[at + RECORD_HIGH] ?? 0;
      const stateEnd = offset + (records[at + RECORD_STATE_BYTES] ?? 0);
      const end = stateEnd + (records[at + RECORD_SNAPSHOT_BYTES] ?? 0);
      const known = this.table.find(low, high);
      if (known < 0) {
        const source = block.first + (records[at + RECORD_SOURCE] ?? 0);
        const action = records[at + RECORD_ACTION] ?? 0;
        if (stateEnd === offset) throw new Error('a state was announced without its bytes');
        const index = withDigest
          ? this.table.add(low, high, source, records, at + RECORD_DIGEST)
          : this.table.add(low, high, source);
        if (source >= (this.levelStarts.at(-1) ?? 0)) this.levelStarts.push(index);
        this.distinctByAction[action] = (this.distinctByAction[action] ?? 0) + 1;
        this.frontier.push(index, bytes.subarray(offset, stateEnd), bytes.subarray(stateEnd, end));
        newest = at;
      } else if (withDigest && !this.table.digestEquals(known, records, at + RECORD_DIGEST)) {
        const place = placeOf(records, at);
        return this.stopped(block, place, { kind: 'remembered' }, known);
      }
      offset = end;
      const noted = result.candidateFindings[candidateFinding];
      if (noted?.record === at / RECORD_WORDS) {
        candidateFinding += 1;
        if (known < 0) {
          this.violator = 1;
          return this.stopped(block, placeOf(records, at), noted.finding);
        }
      }
    }
    if (result.stop !== undefined) {
      const { at, finding } = result.stop;
      // A new state that a forbidden step leads to is not to be expanded either.
      const last = newest === undefined ? undefined : placeOf(records, newest);
      if (last?.source === at.source && last.edge === at.edge) this.violator = 1;
      // The state that both paths lead to is found again from the last step of the second one.
      return this.stopped(block, at, finding);
    }
    addTally(this.tally, result.tally);
    this.expandedStates += block.count;
    this.passOnPrinted(result.printed);
    return undefined;
  }

  /** Counts what had been done by then, and rebuilds the path. */
  private stopped(block: FrontierBlock, at: FindingPlace, finding: Finding, first?: number): Verdict {
    const { specification, codec } = this.options;
    const partial = this.expander.expand(block, at);
    addTally(this.tally, partial.tally);
    this.passOnPrinted(partial.printed);
    this.expandedStates += at.source + 1;
    const path: PathStep[] = pathTo(specification, codec, this.table, block.first + at.source);
    const source = path.at(-1);
    if (source !== undefined && at.edge >= 0) {
      const last = nthSuccessor(specification, source.state, at.edge);
      if (last !== undefined) path.push(last);
    }
    this.options.takePrinted?.();
    if (finding.kind !== 'remembered') return { kind: 'found', finding, path };
    const known = first ?? this.indexOf(path.at(-1));
    return { kind: 'found', finding, path, firstPath: pathTo(specification, codec, this.table, known) };
  }

  private indexOf(step: PathStep | undefined): number {
    if (step === undefined) throw new Error('a path without a state');
    this.options.codec.fingerprint(step.state);
    return this.table.find(this.options.codec.low, this.options.codec.high);
  }

  private passOnPrinted(lines: readonly string[]): void {
    if (lines.length > 0) this.options.onPrinted?.(lines);
  }
}

function placeOf(records: Uint32Array, at: number): FindingPlace {
  return { source: records[at + RECORD_SOURCE] ?? 0, edge: records[at + RECORD_EDGE] ?? 0 };
}

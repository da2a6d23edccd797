/**
 * Expands blocks of the frontier: generates the successors, checks them, and says which may be new. Every thread has one.
 *
 * Its answers do not depend on how far other threads are: what it leaves out because the table knows it already was found
 * earlier in the order of generation, and what it lets through in excess, the owner of the table recognises.
 */
import type { Value } from '../values/value.ts';
import type { Action, Specification, State } from '../specification.ts';
import { addCounters, emptyTally, RecordWriter } from './block-result.ts';
import type { BlockResult, CandidateFinding, Tally } from './block-result.ts';
import type { Companion } from './companion.ts';
import { evaluationFinding, type Finding, type FindingPlace } from './finding.ts';
import { visitBlock, type FrontierBlock } from './frontier.ts';
import type { StateCodec } from './state-codec.ts';
import type { StateTableView } from './state-table.ts';
import { findStepViolation, findViolation } from './violations.ts';

const NOTHING = new Uint8Array(0);

/** Fingerprints sent lately, so that most states found twice within a few blocks are sent once. A power of two. */
const RECENT_SLOTS = 1 << 15;

export interface ExpanderParts {
  readonly specification: Specification;
  readonly codec: StateCodec;
  readonly table: StateTableView;
  readonly companion?: Companion;
  /** Takes away what the specification printed since the last call. */
  readonly takePrinted: () => readonly string[];
}

export class Expander {
  private readonly specification: Specification;
  private readonly codec: StateCodec;
  private readonly companion: Companion | undefined;
  private readonly takePrinted: () => readonly string[];
  private table: StateTableView;

  private readonly writer = new RecordWriter();
  private readonly recent = new Uint32Array(RECENT_SLOTS * 2);
  /** With a companion: for each action and arguments seen from the present source, the target. */
  private readonly targets = new Map<string, string>();

  private readonly hasStepProperties: boolean;
  private tally: Tally;
  private candidateFindings: CandidateFinding[] = [];
  private stop: { at: FindingPlace; finding: Finding } | undefined;
  /** Where to end when not all is wanted. */
  private limitSource = Infinity;
  private limitEdge = Infinity;
  private source: State = [];
  private position = 0;
  private edge = 0;

  constructor(parts: ExpanderParts) {
    this.specification = parts.specification;
    this.codec = parts.codec;
    this.companion = parts.companion;
    this.takePrinted = parts.takePrinted;
    this.table = parts.table;
    this.hasStepProperties = parts.specification.properties.some(({ steps }) => steps.length > 0);
    this.tally = emptyTally(parts.specification.actions.length);
    // The one fingerprint that an empty slot would be taken for.
    this.recent[0] = 1;
  }

  /** Looks states up in this table from now on. */
  useTable(table: StateTableView): void {
    this.table = table;
  }

  /**
   * Expands a block. With `limit`, only up to and including that successor (or, for edge -1, up to the end of that
   * state): to count what had been done when something was found there.
   */
  expand(block: FrontierBlock, limit?: FindingPlace): BlockResult {
    this.tally = emptyTally(this.specification.actions.length);
    this.candidateFindings = [];
    this.stop = undefined;
    this.limitSource = limit?.source ?? Infinity;
    const { coverage } = this.specification;
    // What was met meanwhile, while a path was rebuilt, is not met again.
    coverage?.take();
    this.limitEdge = limit === undefined || limit.edge < 0 ? Infinity : limit.edge;
    visitBlock(block, (position, bytes, snapshot) => {
      this.expandState(position, this.codec.decode(bytes), snapshot);
      return !this.hasStopped() && position < this.limitSource;
    });
    if (this.companion !== undefined) addCounters(this.tally.counters, this.companion.takeCounters());
    if (coverage !== undefined) this.tally.coverage = coverage.take();
    const result = {
      ...this.writer.take(),
      candidateFindings: this.candidateFindings,
      tally: this.tally,
      printed: this.takePrinted(),
    };
    return { ...result, ...this.stopPart() };
  }

  private hasStopped(): boolean {
    return this.stop !== undefined;
  }

  private stopPart(): Pick<BlockResult, 'stop'> {
    return this.stop === undefined ? {} : { stop: this.stop };
  }

  private expandState(position: number, state: State, snapshot: Uint8Array): void {
    this.source = state;
    this.position = position;
    this.edge = -1;
    this.tally.expanded += 1;
    if (this.companion !== undefined) {
      this.targets.clear();
      this.companion.begin(state, snapshot);
    }
    try {
      this.specification.successors(state, this.onSuccessor);
    } catch (error) {
      if (this.done()) return;
      this.stopHere(evaluationFinding(error, 'the next-state relation'), -1);
      return;
    }
    if (this.done()) return;
    if (this.edge < 0 && this.specification.checkDeadlock) {
      this.stopHere({ kind: 'deadlock' }, -1);
      return;
    }
    const mismatch = this.companion?.end();
    if (mismatch !== undefined) {
      this.stopHere({ kind: 'mismatch', summary: mismatch.summary, detail: mismatch.detail }, -1);
    }
  }

  private readonly onSuccessor = (next: State, action: Action, args: readonly Value[]): void => {
    if (this.done()) return;
    this.edge += 1;
    this.tally.generated[action.index] = (this.tally.generated[action.index] ?? 0) + 1;

    const codec = this.codec;
    codec.fingerprint(next);
    const low = codec.low;
    const high = codec.high;
    let known = this.table.find(low, high);
    let within = true;
    // A state in the table satisfies CONSTRAINT, so that only the step remains to be looked at.
    if (known < 0 || this.specification.actionConstraints.length > 0) {
      const bounded = this.withinBounds(next, known >= 0);
      if (typeof bounded !== 'boolean') {
        this.stopHere(bounded, this.edge);
        return;
      }
      within = bounded;
      if (!within) known = -1;
    }
    if (!within) this.tally.outside[action.index] = (this.tally.outside[action.index] ?? 0) + 1;

    if (this.companion !== undefined) {
      this.withCompanion(this.companion, next, action, args, low, high, known, within);
    } else if (!within) {
      const violation = this.violationIn(next);
      if (violation !== undefined) this.stopHere(violation, this.edge);
    } else if (known < 0 && !this.sentLately(low, high)) {
      this.check(next);
      this.writer.add(
        low,
        high,
        this.position,
        this.edge,
        action.index,
        codec.encode(next),
        NOTHING,
        undefined,
      );
    }
    // Steps are looked at whether their targets are new or not, and after the invariants of those that are.
    if (this.hasStepProperties && !this.done()) {
      const violation = findStepViolation(this.specification, this.source, next);
      if (violation !== undefined) this.stopHere(violation, this.edge);
    }
  };

  private withCompanion(
    companion: Companion,
    next: State,
    action: Action,
    args: readonly Value[],
    low: number,
    high: number,
    known: number,
    within: boolean,
  ): void {
    this.codec.fingerprintValues(args);
    const step = `${action.index}:${this.codec.low}:${this.codec.high}`;
    const target = `${low}:${high}`;
    const earlier = this.targets.get(step);
    if (earlier === target) return;
    if (earlier !== undefined) {
      this.stopHere({ kind: 'ambiguous', action: action.name }, this.edge);
      return;
    }
    this.targets.set(step, target);
    this.tally.edges += 1;

    if (!within) {
      const violation = this.violationIn(next);
      if (violation !== undefined) {
        this.stopHere(violation, this.edge);
        return;
      }
    }
    const answer = companion.edge({ source: this.source, action, args, target: next, withinBounds: within });
    if (answer.kind === 'mismatch') {
      this.stopHere({ kind: 'mismatch', summary: answer.summary, detail: answer.detail }, this.edge);
      return;
    }
    if (!within) return;
    if (known >= 0) {
      if (!this.table.digestEquals(known, answer.digest, 0)) this.stopHere({ kind: 'remembered' }, this.edge);
      return;
    }
    if (this.sentLately(low, high)) {
      // Its bytes are on their way; the digest still has to be compared.
      this.writer.add(low, high, this.position, this.edge, action.index, NOTHING, NOTHING, answer.digest);
      return;
    }
    const snapshot = answer.snapshot();
    this.check(next);
    const bytes = this.codec.encode(next);
    this.writer.add(low, high, this.position, this.edge, action.index, bytes, snapshot, answer.digest);
  }

  /** Whether a successor is to be explored, or what went wrong in finding out. */
  private withinBounds(next: State, knownState: boolean): boolean | Finding {
    let during = '';
    try {
      if (!knownState) {
        for (const constraint of this.specification.constraints) {
          during = `constraint ${constraint.name}`;
          if (!constraint.holds(next)) return false;
        }
      }
      for (const constraint of this.specification.actionConstraints) {
        during = `action constraint ${constraint.name}`;
        if (!constraint.holds(this.source, next)) return false;
      }
      return true;
    } catch (error) {
      return evaluationFinding(error, during);
    }
  }

  /** Notes what is wrong with the candidate that is about to be written. */
  private check(next: State): void {
    const finding = this.violationIn(next);
    if (finding !== undefined) this.candidateFindings.push({ record: this.writer.count, finding });
  }

  private violationIn(state: State): Finding | undefined {
    return findViolation(this.specification, state);
  }

  /** True if this expander has sent a record with the bytes of that state lately; from now on it has. */
  private sentLately(low: number, high: number): boolean {
    const slot = ((low ^ (high >>> 7)) & (RECENT_SLOTS - 1)) * 2;
    if (this.recent[slot] === low && this.recent[slot + 1] === high) return true;
    this.recent[slot] = low;
    this.recent[slot + 1] = high;
    return false;
  }

  private stopHere(finding: Finding, edge: number): void {
    this.stop ??= { at: { source: this.position, edge }, finding };
  }

  private done(): boolean {
    if (this.stop !== undefined) return true;
    return this.edge >= this.limitEdge && this.position === this.limitSource;
  }
}

/**
 * Counts, while successors are generated, which goals of coverage are met. Code that counts is compiled in only if a model is
 * loaded with coverage; otherwise the machine has none of this and the compiled code is what it always is.
 *
 * Only what the generation of successors evaluates counts: invariants and constraints often use the same operators. What
 * does not depend on the state at all is evaluated once a thread, and counts then, whoever asks first.
 */
import { TlaError } from '../errors.ts';
import type { Expression, Junction } from '../syntax/ast.ts';
import { itemAt } from '../values/value.ts';
import type { Goal, GoalMap } from './coverage-goals.ts';
import { reads } from './machine.ts';
import type { Code, Frame } from './machine.ts';

/** Continues with what remains of an enumeration, as in `enumeration.ts`. */
type Then = (frame: Frame) => void;

export class CoverageCounters {
  readonly goals: readonly Goal[];
  /** True while something is evaluated that the specification would not have evaluated here: nothing of it is kept. */
  isTrying = false;
  private counting = false;
  private counts: number[];
  private readonly firstOf: ReadonlyMap<Expression, number>;
  /** Disjuncts that the step being made went through. */
  private readonly taken: number[] = [];

  constructor({ goals, firstOf }: GoalMap) {
    this.goals = goals;
    this.firstOf = firstOf;
    this.counts = new Array<number>(goals.length).fill(0);
  }

  /** What was counted since the last call, in the order of the goals. */
  take(): number[] {
    const { counts } = this;
    this.counts = new Array<number>(counts.length).fill(0);
    return counts;
  }

  /** Counts while `work` runs. */
  during(work: () => void): void {
    const before = this.counting;
    this.counting = true;
    this.taken.length = 0;
    try {
      work();
    } finally {
      this.counting = before;
    }
  }

  /** A successor was generated: all that it went through has had a part in it. What `report` evaluates does not count. */
  generated(report: () => void): void {
    for (const goal of this.taken) this.add(goal);
    this.counting = false;
    try {
      report();
    } finally {
      this.counting = true;
    }
  }

  /** Evaluates what the specification does not ask for here. */
  trying<Result>(work: () => Result): Result {
    const before = { counting: this.counting, trying: this.isTrying };
    this.counting = false;
    this.isTrying = true;
    try {
      return work();
    } finally {
      this.counting = before.counting;
      this.isTrying = before.trying;
    }
  }

  /** Where the goals of an expression begin; undefined if it has none, being out of reach of the next-state relation. */
  first(node: Expression): number | undefined {
    return this.firstOf.get(node);
  }

  /** Whether the disjuncts of that expression are those of a guard; it must have goals. */
  isGuard(first: number): boolean {
    return itemAt(this.goals, first).kind === 'guard';
  }

  /** Counts an arm whenever it is selected. */
  selecting<Arm extends (frame: Frame) => unknown>(
    goal: number,
    arm: Arm,
    constant = false,
  ): (frame: Frame) => ReturnType<Arm> {
    return (frame) => {
      if (this.counting || constant) this.add(goal);
      return arm(frame) as ReturnType<Arm>; // what `arm` returns
    };
  }

  /** Remembers, while an enumeration goes on below a disjunct, that it went through it. */
  through(goal: number, branch: Then): Then {
    return (frame) => {
      this.taken.push(goal);
      try {
        branch(frame);
      } finally {
        this.taken.pop();
      }
    };
  }

  /** A disjunct was found true; it decides if none of `others` is. */
  decided(goal: number, others: readonly Code[], frame: Frame, constant = false): void {
    if (!this.counting && !constant) return;
    if (!others.some((other) => this.isTrue(other, frame))) this.add(goal);
  }

  /** Counts the disjunct that decides, before a guard is enumerated disjunct by disjunct. */
  deciding(first: number, disjuncts: readonly Code[], frame: Frame): void {
    if (!this.counting) return;
    let only = -1;
    for (const [index, disjunct] of disjuncts.entries()) {
      if (!this.isTrue(disjunct, frame)) continue;
      if (only >= 0) return;
      only = index;
    }
    if (only >= 0) this.add(first + only);
  }

  private add(goal: number): void {
    this.counts[goal] = (this.counts[goal] ?? 0) + 1;
  }

  /** Would it be true here? What cannot be evaluated is not, nor is what would be seen from outside if it were tried. */
  private isTrue(code: Code, frame: Frame): boolean {
    if ((code.reads & reads.world) !== 0) return false;
    return this.trying(() => {
      try {
        return code.run(frame) === true;
      } catch (error) {
        if (error instanceof TlaError) return false;
        throw error;
      }
    });
  }
}

/** The first goal of a disjunction that is a guard; undefined if it is none, or not looked at. */
export function guardGoals(coverage: CoverageCounters | undefined, node: Junction): number | undefined {
  const first = coverage?.first(node);
  return first === undefined || coverage?.isGuard(first) !== true ? undefined : first;
}

/** An arm of IF or CASE that counts when it is selected, if coverage is wanted. */
export function selected(
  coverage: CoverageCounters | undefined,
  node: Expression,
  position: number,
  arm: Then,
): Then {
  const goal = coverage?.first(node);
  return coverage === undefined || goal === undefined ? arm : coverage.selecting(goal + position, arm);
}

/** What follows a disjunct of an action, having gone through it. */
export function past(
  coverage: CoverageCounters | undefined,
  node: Junction,
  position: number,
  then: Then,
): Then {
  const goal = coverage?.first(node);
  if (coverage === undefined || goal === undefined || coverage.isGuard(goal)) return then;
  return coverage.through(goal + position, then);
}

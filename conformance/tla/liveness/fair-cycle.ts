/** Finds a cycle of a product that satisfies everything that is asked of infinite behaviours. */
import { Numbers } from './bits.ts';
import type { Case } from './cases.ts';
import { Components, type EdgeSource } from './components.ts';
import type { Product } from './product.ts';
import { stepTest, tabulated, type StepTest } from './truth.ts';

/** Nodes of a product: `way` from an initial state to the first node of the cycle, which `cycle` comes back to. */
export interface FairLasso {
  readonly way: readonly number[];
  /** The nodes after the last of `way`; the last one is that node again. */
  readonly cycle: readonly number[];
}

interface ReactionTest {
  readonly infinitely: StepTest;
  readonly then: StepTest;
}

/** Something that a cycle has to pass: a mark of the automaton, or a step. */
type Goal = (node: number, edge: number) => boolean;

/** A component in which fair cycles exist, and the reactions whose `infinitely` is kept out of it. */
interface FairComponent {
  readonly nodes: Uint32Array;
  readonly label: number;
  readonly banned: ReadonlySet<ReactionTest>;
}

/**
 * A lasso of the shortest prefix, or one that ends in stuttering if that is no longer; the same whenever asked.
 * Undefined if there is none.
 */
export function findFairLasso(product: Product, question: Case): FairLasso | undefined {
  return new FairSearch(product, question).run();
}

class FairSearch implements EdgeSource {
  readonly size: number;
  private readonly product: Product;
  private readonly components: Components;
  private readonly persistent: StepTest | undefined;
  private readonly recurrences: readonly StepTest[];
  private readonly reactions: readonly ReactionTest[];
  private readonly promising: readonly boolean[];
  private banned: ReadonlySet<ReactionTest> = new Set();

  private best: FairComponent | undefined;
  private bestEntry = Infinity;
  private stutterer = Infinity;

  constructor(product: Product, question: Case) {
    const { graph } = product;
    this.product = product;
    this.size = product.size;
    this.components = new Components(this);
    const persists = question.finally;
    this.persistent = persists.kind === 'constant' && persists.value ? undefined : tabulated(graph, persists);
    this.recurrences = question.recurrences.map((proposition) => stepTest(graph, proposition));
    this.reactions = question.reactions.map(({ infinitely, then }) => ({
      infinitely: stepTest(graph, infinitely),
      then: stepTest(graph, then),
    }));
    this.promising = promisingPositions(product);
  }

  run(): FairLasso | undefined {
    const roots = new Numbers();
    for (let node = 0; node < this.size; node += 1) {
      if (this.promising[this.product.positionOf(node)] === true) roots.push(node);
    }
    this.examine(roots.view(), 0, new Set());
    const { best, product } = this;
    if (best === undefined) return undefined;
    const way = product.wayTo(this.bestEntry);
    this.banned = best.banned;
    const cycle = this.shortCycle(best, this.bestEntry);
    if (this.stutterer < Infinity) {
      const wayToEnd = product.wayTo(this.stutterer);
      if (this.statesOn(wayToEnd) < this.statesOn([...way, ...cycle]))
        return { way: wayToEnd, cycle: [this.stutterer] };
    }
    return { way, cycle };
  }

  /** Length of a walk without its stuttering. */
  private statesOn(nodes: readonly number[]): number {
    const states = nodes.map((node) => this.product.stateOf(node));
    return states.filter((state, position) => position === 0 || state !== states[position - 1]).length;
  }

  edgeCount(node: number): number {
    return this.product.edgeCount(node);
  }

  /** Edges that a cycle may use, for ever. */
  target(node: number, edge: number): number {
    const { product, persistent, banned } = this;
    if (persistent !== undefined || banned.size > 0) {
      const state = product.stateOf(node);
      const step = product.stepOf(node, edge);
      if (persistent?.(state, step) === false) return -1;
      for (const { infinitely } of banned) if (infinitely(state, step)) return -1;
    }
    return product.follow(node, edge);
  }

  /** Searches the part with this label without the steps that would set off a banned reaction. */
  private examine(nodes: Uint32Array, label: number, banned: ReadonlySet<ReactionTest>): void {
    const outer = this.banned;
    this.banned = banned;
    this.components.search(nodes, label, (component, own) => {
      this.judge(component, own, banned);
      this.banned = banned;
    });
    this.banned = outer;
  }

  private judge(nodes: Uint32Array, label: number, banned: ReadonlySet<ReactionTest>): void {
    const { product } = this;
    const open = new Set(this.recurrences);
    const restless = new Set<ReactionTest>();
    const answered = new Set<ReactionTest>(banned);
    const { allMarks } = product.automaton;
    let marks = 0;
    let edges = 0;
    for (const node of nodes) {
      const state = product.stateOf(node);
      const count = product.edgeCount(node);
      for (let edge = 0; edge < count; edge += 1) {
        const target = this.target(node, edge);
        if (target < 0 || this.components.labelOf(target) !== label) continue;
        edges += 1;
        marks |= product.marksOf(node, edge);
        const step = product.stepOf(node, edge);
        for (const test of open) if (test(state, step)) open.delete(test);
        for (const reaction of this.reactions) {
          if (answered.has(reaction)) continue;
          if (reaction.then(state, step)) answered.add(reaction);
          else if (reaction.infinitely(state, step)) restless.add(reaction);
        }
      }
    }
    if (edges === 0 || open.size > 0 || marks !== allMarks) return;
    const unanswered = [...restless].filter((reaction) => !answered.has(reaction));
    if (unanswered.length > 0) {
      // No fair cycle of this component passes where such a reaction is set off.
      this.examine(nodes.slice(), label, new Set([...banned, ...unanswered]));
      return;
    }
    this.accept(nodes, label, banned);
  }

  private accept(nodes: Uint32Array, label: number, banned: ReadonlySet<ReactionTest>): void {
    let entry = Infinity;
    for (const node of nodes) {
      if (node < entry) entry = node;
      if (node < this.stutterer && this.mayStutter(node)) this.stutterer = node;
    }
    if (entry >= this.bestEntry) return;
    this.bestEntry = entry;
    this.best = { nodes: nodes.slice(), label, banned };
  }

  /** Whether staying at a node for ever satisfies everything. */
  private mayStutter(node: number): boolean {
    const { product } = this;
    const state = product.stateOf(node);
    for (let edge = product.edgeCount(node) - 1; edge >= 0; edge -= 1) {
      const step = product.stepOf(node, edge);
      // The stuttering step is the last one.
      if (product.graph.targets[step] !== state) return false;
      if (this.target(node, edge) !== node) continue;
      if (product.marksOf(node, edge) !== product.automaton.allMarks) continue;
      if (!this.recurrences.every((test) => test(state, step))) continue;
      if (this.reactions.every((one) => one.then(state, step) || !one.infinitely(state, step))) return true;
    }
    return false;
  }

  /** A cycle through `entry` that goes from goal to goal, each time to the nearest. */
  private shortCycle(component: FairComponent, entry: number): number[] {
    const reactions = new Set<ReactionTest>();
    for (;;) {
      const cycle = this.cycleThrough(component, entry, reactions);
      // A reaction has to be answered only if the cycle sets it off.
      const unanswered = this.reactions.filter((reaction) => {
        if (reactions.has(reaction)) return false;
        return (
          cycle.some(({ node, edge }) => this.at(reaction.infinitely, node, edge)) &&
          !cycle.some(({ node, edge }) => this.at(reaction.then, node, edge))
        );
      });
      if (unanswered.length === 0) return cycle.map(({ node, edge }) => this.target(node, edge));
      for (const reaction of unanswered) reactions.add(reaction);
    }
  }

  private at(test: StepTest, node: number, edge: number): boolean {
    return test(this.product.stateOf(node), this.product.stepOf(node, edge));
  }

  private cycleThrough(
    component: FairComponent,
    entry: number,
    reactions: ReadonlySet<ReactionTest>,
  ): PlacedEdge[] {
    const { product } = this;
    const goals = new Set<Goal>();
    for (let mark = 1; mark <= product.automaton.allMarks; mark *= 2) {
      goals.add((node, edge) => (product.marksOf(node, edge) & mark) !== 0);
    }
    for (const test of this.recurrences) goals.add((node, edge) => this.at(test, node, edge));
    for (const { then } of reactions) goals.add((node, edge) => this.at(then, node, edge));
    const cycle: PlacedEdge[] = [];
    let at = entry;
    while (goals.size > 0) {
      const way = this.wayWithin(component, at, (node, edge) => {
        for (const goal of goals) if (goal(node, edge)) return true;
        return false;
      });
      for (const { node, edge } of way) {
        cycle.push({ node, edge });
        for (const goal of goals) if (goal(node, edge)) goals.delete(goal);
        at = this.target(node, edge);
      }
    }
    if (at !== entry || cycle.length === 0)
      cycle.push(...this.wayWithin(component, at, (node, edge) => this.target(node, edge) === entry));
    return cycle;
  }

  /** A shortest way within a component to and including an edge that passes the test. */
  private wayWithin(component: FairComponent, from: number, test: Goal): PlacedEdge[] {
    const before = new Map<number, PlacedEdge | undefined>([[from, undefined]]);
    const queue = [from];
    for (const node of queue) {
      const count = this.product.edgeCount(node);
      for (let edge = 0; edge < count; edge += 1) {
        const target = this.target(node, edge);
        if (target < 0 || this.components.labelOf(target) !== component.label) continue;
        if (test(node, edge)) {
          const way: PlacedEdge[] = [{ node, edge }];
          for (let step = before.get(node); step !== undefined; step = before.get(step.node)) way.push(step);
          return way.reverse();
        }
        if (before.has(target)) continue;
        before.set(target, { node, edge });
        queue.push(target);
      }
    }
    throw new Error('a component that is not strongly connected');
  }
}

interface PlacedEdge {
  readonly node: number;
  readonly edge: number;
}

/** The positions of the automaton that lie on cycles of it which bear all marks. */
function promisingPositions({ automaton }: Product): boolean[] {
  const { transitions, allMarks } = automaton;
  const promising = transitions.map(() => false);
  const components = new Components({
    size: transitions.length,
    edgeCount: (position) => transitions[position]?.length ?? 0,
    target: (position, edge) => transitions[position]?.[edge]?.target ?? -1,
  });
  components.search(Uint32Array.from(transitions.keys()), 0, (positions, label) => {
    let marks = 0;
    let edges = 0;
    for (const position of positions) {
      for (const transition of transitions[position] ?? []) {
        if (components.labelOf(transition.target) !== label) continue;
        edges += 1;
        marks |= transition.marks;
      }
    }
    if (edges > 0 && marks === allMarks) for (const position of positions) promising[position] = true;
  });
  return promising;
}

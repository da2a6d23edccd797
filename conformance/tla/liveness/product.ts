/** The product of a behaviour graph with an automaton: behaviours together with how the automaton reads them. */
import type { Automaton } from './automaton.ts';
import { Numbers } from './bits.ts';
import type { BehaviourGraph } from './graph.ts';
import { NO_PARENT } from '../explore/state-table.ts';
import { tabulated } from './truth.ts';

/** Nodes are found by (state, position of the automaton) in an array of this size at most. */
const PAIRS_MAX = 2 ** 29;

/**
 * The reachable part. Nodes are numbered breadth first, so a lower number is never farther from the initial states, steps
 * that stutter not counted.
 * A node's edges are pairs of a step and a transition that reads it, numbered from 0: {@link edgeCount} of them may
 * exist, those do for which {@link follow} gives a target.
 */
export class Product {
  readonly graph: BehaviourGraph;
  readonly automaton: Automaton;
  private readonly states = new Numbers();
  private readonly positions = new Numbers();
  private readonly parents = new Numbers();
  private readonly nodes: Int32Array;
  private readonly positionCount: number;
  /** For each position its transitions, flat: needs, target, marks. */
  private readonly needs: readonly Uint32Array[];
  private readonly targets: readonly Uint32Array[];
  private readonly marks: readonly Uint32Array[];
  private readonly letterAt: (state: number, step: number) => number;

  constructor(graph: BehaviourGraph, automaton: Automaton) {
    this.graph = graph;
    this.automaton = automaton;
    const { transitions } = automaton;
    this.positionCount = transitions.length;
    this.needs = transitions.map((row) =>
      Uint32Array.from(row, ({ needs }) => needs.reduce((word, need) => word | (1 << need), 0)),
    );
    this.targets = transitions.map((row) => Uint32Array.from(row, ({ target }) => target));
    this.marks = transitions.map((row) => Uint32Array.from(row, ({ marks }) => marks));
    const tests = automaton.propositions.map((proposition) => tabulated(graph, proposition));
    this.letterAt = (state, step) => {
      let letter = 0;
      for (let bit = 0; bit < tests.length; bit += 1) {
        if (tests[bit]?.(state, step) === true) letter |= 1 << bit;
      }
      return letter;
    };
    const pairs = graph.states * this.positionCount;
    if (pairs > PAIRS_MAX) throw new RangeError(`${pairs} pairs of a state and a position of the automaton`);
    this.nodes = new Int32Array(pairs);
    this.explore();
  }

  get size(): number {
    return this.states.length;
  }

  stateOf(node: number): number {
    return this.states.at(node);
  }

  positionOf(node: number): number {
    return this.positions.at(node);
  }

  /** An upper bound of the numbers of a node's edges. */
  edgeCount(node: number): number {
    const state = this.states.at(node);
    const { offsets } = this.graph;
    const steps = (offsets[state + 1] ?? 0) - (offsets[state] ?? 0);
    return steps * (this.targets[this.positions.at(node)]?.length ?? 0);
  }

  stepOf(node: number, edge: number): number {
    const row = this.targets[this.positions.at(node)]?.length ?? 1;
    return (this.graph.offsets[this.states.at(node)] ?? 0) + Math.floor(edge / row);
  }

  marksOf(node: number, edge: number): number {
    const row = this.marks[this.positions.at(node)];
    return row?.[edge % row.length] ?? 0;
  }

  /** The node that an edge leads to, or -1 if the transition does not read the step. */
  follow(node: number, edge: number): number {
    const position = this.positions.at(node);
    const targets = this.targets[position];
    if (targets === undefined) return -1;
    const transition = edge % targets.length;
    const step = this.stepOf(node, edge);
    const needs = this.needs[position]?.[transition] ?? 0;
    if (needs !== 0 && (this.letterAt(this.states.at(node), step) & needs) >>> 0 !== needs) return -1;
    return this.find(this.graph.targets[step] ?? 0, targets[transition] ?? 0);
  }

  /** The nodes on a shortest way from an initial state to this one. */
  wayTo(node: number): number[] {
    const way = [node];
    for (let at = this.parents.at(node); at !== NO_PARENT; at = this.parents.at(at)) way.push(at);
    return way.reverse();
  }

  private find(state: number, position: number): number {
    return (this.nodes[state * this.positionCount + position] ?? 0) - 1;
  }

  private explore(): void {
    const { graph } = this;
    for (let state = 0; state < graph.initial; state += 1) this.admit(state, 0, NO_PARENT);
    for (let node = 0; node < this.size; node += 1) {
      const state = this.states.at(node);
      // The last step stutters: it has been taken already.
      const end = (graph.offsets[state + 1] ?? 0) - 1;
      for (let step = graph.offsets[state] ?? 0; step < end; step += 1) this.take(node, step);
    }
  }

  private take(node: number, step: number): void {
    const position = this.positions.at(node);
    const needs = this.needs[position];
    const targets = this.targets[position];
    if (needs === undefined || targets === undefined) return;
    const letter = this.letterAt(this.states.at(node), step);
    for (let transition = 0; transition < targets.length; transition += 1) {
      const need = needs[transition] ?? 0;
      if ((letter & need) >>> 0 !== need) continue;
      this.admit(this.graph.targets[step] ?? 0, targets[transition] ?? 0, node);
    }
  }

  /** Nodes that differ in the position alone are as near: stuttering leads from one to the other. */
  private admit(state: number, position: number, parent: number): void {
    const pair = state * this.positionCount + position;
    if (this.nodes[pair] !== 0) return;
    const node = this.states.length;
    this.states.push(state);
    this.positions.push(position);
    this.parents.push(parent);
    this.nodes[pair] = node + 1;
    if (this.positionCount > 1) this.take(node, (this.graph.offsets[state + 1] ?? 0) - 1);
  }
}

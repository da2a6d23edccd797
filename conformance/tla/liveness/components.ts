/** Strongly connected components of a part of a product, found without recursion (R. Tarjan, 1972). */
import { Numbers } from './bits.ts';

/** A graph whose edges are tried by number. */
export interface EdgeSource {
  readonly size: number;
  /** Edges have numbers below this. */
  edgeCount(node: number): number;
  /** Where an edge leads, or -1 if there is no such edge. */
  target(node: number, edge: number): number;
}

/**
 * Labels nodes by component. A search looks at the nodes that bear one label, and at edges between them; each component
 * gets a label of its own, so that it can be searched in turn with fewer edges.
 */
export class Components {
  private readonly source: EdgeSource;
  private readonly labels: Int32Array;
  private readonly order: Int32Array;
  private readonly low: Int32Array;
  private nextLabel = 1;

  constructor(source: EdgeSource) {
    this.source = source;
    this.labels = new Int32Array(source.size);
    this.order = new Int32Array(source.size);
    this.low = new Int32Array(source.size);
  }

  /** 0 before the first search. */
  labelOf(node: number): number {
    return this.labels[node] ?? 0;
  }

  /**
   * Finds the components of the part with this label, and calls `found` for each, its nodes being in the view given, which
   * is valid during the call only. Edges are left out as `target` of the source says.
   * @returns their number
   */
  search(roots: Uint32Array, label: number, found: (nodes: Uint32Array, label: number) => void): number {
    const { source, labels, order, low } = this;
    const calls = new Numbers();
    const cursors = new Numbers();
    const stack = new Numbers();
    let count = 0;
    let visited = 0;
    const enter = (node: number): void => {
      visited += 1;
      order[node] = visited;
      low[node] = visited;
      calls.push(node);
      cursors.push(0);
      stack.push(node);
    };
    for (const root of roots) {
      if (labels[root] === label) order[root] = 0;
    }
    for (const root of roots) {
      if (labels[root] !== label || order[root] !== 0) continue;
      enter(root);
      while (calls.length > 0) {
        const top = calls.length - 1;
        const node = calls.at(top);
        const edges = source.edgeCount(node);
        let cursor = cursors.at(top);
        let entered = false;
        let lowest = low[node] ?? 0;
        for (; cursor < edges; cursor += 1) {
          const target = source.target(node, cursor);
          // A node that has its component already bears another label.
          if (target < 0 || labels[target] !== label) continue;
          const known = order[target] ?? 0;
          if (known === 0) {
            entered = true;
            break;
          }
          if (known < lowest) lowest = known;
        }
        low[node] = lowest;
        if (entered) {
          // The edge is looked at once more on the way back, when its target has a number.
          cursors.set(top, cursor);
          enter(source.target(node, cursor));
          continue;
        }
        calls.pop();
        cursors.pop();
        if (calls.length > 0) {
          const parent = calls.at(calls.length - 1);
          low[parent] = Math.min(low[parent] ?? 0, lowest);
        }
        if (lowest !== order[node]) continue;
        const own = this.nextLabel;
        this.nextLabel += 1;
        let first = stack.length;
        do {
          first -= 1;
          labels[stack.at(first)] = own;
        } while (stack.at(first) !== node);
        count += 1;
        found(stack.view().subarray(first), own);
        while (stack.length > first) stack.pop();
      }
    }
    return count;
  }
}

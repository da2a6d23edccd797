/**
 * A name that stands for the same expression wherever it is used has one value in each state. Invariants, properties and
 * the mapping of a refinement ask for it many times in one state, so it is kept until another state is looked at.
 */
import type { Value } from '../values/value.ts';
import type { Context } from './compiler.ts';
import { reads } from './machine.ts';
import type { Code, Machine, Run } from './machine.ts';
import type { DefinitionBinding, ExpressionBinding } from './scope.ts';

/** A value and the state that it was found in; states are recognised by their arrays, which nobody changes. */
class Cell {
  state: readonly (Value | undefined)[] | undefined;
  value: Value | undefined;
}

interface Cells {
  readonly current: Cell;
  readonly next: Cell;
}

const cellsOf = new WeakMap<DefinitionBinding | ExpressionBinding, Cells>();

/**
 * Code that keeps the value of `binding`, whose code is `made`, if it depends on one state and that one is complete while
 * the code runs.
 */
export function keptInState(
  machine: Machine,
  binding: DefinitionBinding | ExpressionBinding,
  made: Code,
  context: Context,
): Code {
  // What is counted has to be evaluated.
  if (made.cheap === true || made.free.size > 0 || machine.coverage !== undefined) return made;
  if ((made.reads & context.partial) !== 0) return made;
  if (made.reads === reads.current)
    return { ...made, run: keptCurrent(machine, cellsFor(binding), made.run) };
  if (made.reads === reads.next) return { ...made, run: keptNext(machine, cellsFor(binding), made.run) };
  return made;
}

function cellsFor(binding: DefinitionBinding | ExpressionBinding): Cells {
  let cells = cellsOf.get(binding);
  if (cells === undefined) {
    cells = { current: new Cell(), next: new Cell() };
    cellsOf.set(binding, cells);
  }
  return cells;
}

function keptCurrent(machine: Machine, { current: cell }: Cells, run: Run): Run {
  return (frame) => {
    const { current } = machine;
    if (cell.state === current && cell.value !== undefined) return cell.value;
    const value = run(frame);
    cell.state = current;
    cell.value = value;
    return value;
  };
}

function keptNext(machine: Machine, { next: cell }: Cells, run: Run): Run {
  return (frame) => {
    const { next } = machine;
    if (cell.state === next && cell.value !== undefined) return cell.value;
    const value = run(frame);
    cell.state = next;
    cell.value = value;
    return value;
  };
}

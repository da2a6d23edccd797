/** What is enumerated anew each time that a scope is entered: the choices of \E, and what bindings keep. */
import { itemAt } from '../values/value.ts';
import { compileIteration, elementsAt } from './compiler.ts';
import type { compileBounds } from './compiler.ts';
import type { Frame, Then } from './machine.ts';
import type { ExpressionBinding } from './scope.ts';

/** Runs `body` for each choice from the bounds. */
export function compileExists(bounds: ReturnType<typeof compileBounds>, body: Then): Then {
  const [only] = bounds;
  if (bounds.length === 1 && only?.slots.length === 1 && !only.tuple) {
    const { index } = itemAt(only.slots, 0);
    const { run } = only.set;
    const { place } = only;
    return (frame) => {
      const elements = elementsAt(run, place, frame);
      for (const element of elements) {
        frame.values[index] = element;
        body(frame);
      }
    };
  }
  const iterate = compileIteration(bounds);
  const visit = (frame: Frame): boolean => {
    body(frame);
    return false;
  };
  return (frame) => {
    iterate(frame, visit);
  };
}

/** Forgets what these bindings keep whenever the scope is entered; code compiled later may still add slots to them. */
export function clearingSlots(body: Then, own: readonly ExpressionBinding[]): Then {
  if (own.length === 0) return body;
  return (frame) => {
    for (let i = 0; i < own.length; i += 1) {
      const { slots } = itemAt(own, i);
      for (let j = 0; j < slots.length; j += 1) frame.values[itemAt(slots, j)] = undefined;
    }
    body(frame);
  };
}

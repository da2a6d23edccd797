/**
 * States what the code that follows relies on. Throws when it does not hold, which is a bug here or in the host, never
 * the doing of what came in from outside.
 */
export function assert(condition: boolean, reliedUpon: string): asserts condition {
  if (!condition) throw new Error(`broken assumption: ${reliedUpon}`);
}

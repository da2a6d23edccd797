/** Has `expect` compare payloads by their bytes, whatever those are part of. */
import { expect } from 'vitest';

import { payloadsEqual, Slice, type Payload } from '../payload.ts';

expect.addEqualityTesters([
  (a: unknown, b: unknown): boolean | undefined =>
    isPayload(a) && isPayload(b) && (a instanceof Slice || b instanceof Slice)
      ? payloadsEqual(a, b)
      : undefined,
]);

function isPayload(value: unknown): value is Payload {
  return value instanceof Uint8Array || value instanceof Slice;
}

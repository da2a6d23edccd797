/** Has `expect` compare payloads by their bytes, and transactions as arrays of them, whatever those are part of. */
import { expect } from 'vitest';

import { PayloadRun } from '../payload-run.ts';
import { payloadsEqual, Slice, type Payload } from '../payload.ts';
import { TransactionList } from '../transaction-list.ts';
import { TransactionRun } from '../transaction-run.ts';

expect.addEqualityTesters([
  (a: unknown, b: unknown): boolean | undefined =>
    isPayload(a) && isPayload(b) && (a instanceof Slice || b instanceof Slice)
      ? payloadsEqual(a, b)
      : undefined,
  function (a: unknown, b: unknown, testers): boolean | undefined {
    const [these, those] = [listed(a), listed(b)];
    return these !== undefined && those !== undefined && (these !== a || those !== b)
      ? this.equals(these, those, testers)
      : undefined;
  },
]);

function isPayload(value: unknown): value is Payload {
  return value instanceof Uint8Array || value instanceof Slice;
}

/** What is an array, or as good as one, as an array. */
function listed(value: unknown): readonly unknown[] | undefined {
  if (isArray(value)) return value;
  const isList =
    value instanceof TransactionRun || value instanceof TransactionList || value instanceof PayloadRun;
  return isList ? [...value] : undefined;
}

/** `Array.isArray`, without saying that anything may be in it. */
function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

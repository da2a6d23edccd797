import { payloadsEqual, type Payload } from './payload.ts';
import { zxidsEqual, type Zxid } from './zxid.ts';

/**
 * One entry of a history: what was broadcast, and its place. Immutable, the payload's bytes included: whoever hands a
 * payload over does not write to it again. Spec: `[zxid, value]`.
 */
export interface Transaction {
  readonly zxid: Zxid;
  readonly payload: Payload;
}

/** Same zxid and same bytes. */
export function transactionsEqual(a: Transaction, b: Transaction): boolean {
  return a === b || (zxidsEqual(a.zxid, b.zxid) && payloadsEqual(a.payload, b.payload));
}

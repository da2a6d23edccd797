import { zxidsEqual, type Zxid } from './zxid.ts';

/**
 * One entry of a history: what was broadcast, and its place. Immutable, the payload's bytes included: whoever hands a
 * payload over does not write to it again. Spec: `[zxid, value]`.
 */
export interface Transaction {
  readonly zxid: Zxid;
  readonly payload: Uint8Array;
}

/** Same zxid and same bytes. */
export function transactionsEqual(a: Transaction, b: Transaction): boolean {
  return a === b || (zxidsEqual(a.zxid, b.zxid) && bytesEqual(a.payload, b.payload));
}

function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

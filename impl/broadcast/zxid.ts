/**
 * Transaction ids and their order: the epoch decides, then the counter.
 *
 * On the wire and on disk a zxid is 64 bits, the epoch in the high 32. In memory the two halves stay apart, because
 * together they do not fit a JavaScript number.
 */

/** A zxid; both fields are unsigned 32-bit integers. Immutable. Spec: `Zxid(e, c)`. */
export interface Zxid {
  readonly epoch: number;
  readonly counter: number;
}

/**
 * A zxid of two unsigned 32-bit integers; not checked.
 *
 * Halves from 2^31 on are held by V8 in a longer form, and once one object has such fields, all objects made with the
 * same fields in the same order have. Rare ones, the -1 of packets that speak of no zxid among them, get an order of their
 * own, so that the others stay as short as they are: every transaction has one.
 */
export function zxidOf(epoch: number, counter: number): Zxid {
  return (epoch | counter) >= 0 ? { epoch, counter } : { counter, epoch };
}

/** The largest epoch, and the largest counter. */
export const MAX_UINT32 = 0xffff_ffff;

/** What stands before the first transaction. Spec: `ZeroZxid`. */
export const ZERO_ZXID: Zxid = { epoch: 0, counter: 0 };

export function isUint32(value: number): boolean {
  return value >>> 0 === value;
}

/** Throws RangeError when a half is not an unsigned 32-bit integer. */
export function zxid(epoch: number, counter: number): Zxid {
  if (!isUint32(epoch) || !isUint32(counter)) {
    throw new RangeError(`zxid (${epoch}, ${counter}): both halves are unsigned 32-bit integers`);
  }
  return zxidOf(epoch, counter);
}

/** Negative when a comes before b, 0 when they are the same, positive when a comes after b. */
export function compareZxids(a: Zxid, b: Zxid): number {
  return a.epoch === b.epoch ? a.counter - b.counter : a.epoch - b.epoch;
}

/** Does a come before b? Spec: `ZxidLess`. */
export function zxidLess(a: Zxid, b: Zxid): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.counter < b.counter);
}

export function zxidsEqual(a: Zxid, b: Zxid): boolean {
  return a.counter === b.counter && a.epoch === b.epoch;
}

/**
 * The zxid that a leader of `epoch` gives next when `last` ends its history: the counter goes on in the same epoch and
 * begins at 1 in a new one. `undefined` when the counter is used up, and a new epoch must begin. Spec: `Propose`.
 */
export function nextZxid(last: Zxid, epoch: number): Zxid | undefined {
  if (last.epoch !== epoch) return zxidOf(epoch, 1);
  return last.counter === MAX_UINT32 ? undefined : zxidOf(epoch, last.counter + 1);
}

/** As ZooKeeper prints it: `0x` and the 64 bits in hexadecimal, without leading zeroes. */
export function formatZxid(z: Zxid): string {
  if (z.epoch === 0) return `0x${z.counter.toString(16)}`;
  return `0x${z.epoch.toString(16)}${z.counter.toString(16).padStart(8, '0')}`;
}

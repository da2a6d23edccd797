/** Payloads as they come: slices of chunks, mostly one behind the other with a gap, and arrays of their own. */
import { Buffer } from 'node:buffer';

import fc from 'fast-check';

import { GAP_BYTES_MAX, PayloadRun, PLACE_FIELDS } from '../payload-run.ts';
import { bytesOf, Slice, type Payload } from '../payload.ts';
import { TransactionList } from '../transaction-list.ts';
import { TransactionRun, type Transactions } from '../transaction-run.ts';
import type { Transaction } from '../transaction.ts';
import { zxidsEqual, zxidOf } from '../zxid.ts';

const CHUNKS = [1, 2].map((seed) => Uint8Array.from({ length: 1000 }, (_, at) => (at * seed * 37) % 251));

export const payloads = fc
  .array(
    fc.record({
      what: fc.constantFrom('next', 'next', 'next', 'jump', 'chunk', 'own'),
      gap: fc.oneof(fc.constantFrom(0, 20, GAP_BYTES_MAX, GAP_BYTES_MAX + 1), fc.nat(100)),
      length: fc.nat(60),
    }),
    { maxLength: 30 },
  )
  .map((steps) => {
    let chunk = 0;
    let at = 0;
    return steps.map(({ what, gap, length }): Payload => {
      if (what === 'own') return new Uint8Array(length).fill(gap);
      if (what === 'jump') at = gap;
      if (what === 'chunk') [chunk, at] = [1 - chunk, gap];
      if (what === 'next') at += gap;
      const bytes = CHUNKS[chunk] ?? new Uint8Array(0);
      const start = Math.min(at, bytes.length - length);
      at = start + length;
      return new Slice(bytes, start, length);
    });
  });

/** With zxids that follow one another. */
export const transactionsOf = (list: readonly Payload[]): Transaction[] =>
  list.map((payload, at) => ({ zxid: { epoch: 1, counter: at + 1 }, payload }));

/** The same bytes, as they come in one chunk, so far apart. */
export function slicesOf(list: readonly Payload[], gap: number): Slice[] {
  const chunk = Buffer.concat(list.flatMap((payload) => [Buffer.alloc(gap, 0xc3), bytesOf(payload)]));
  let end = 0;
  return list.map(({ length }) => {
    const slice = new Slice(chunk, end + gap, length);
    end += gap + length;
    return slice;
  });
}

/** The same bytes as a run, so far apart. */
export function runOf(list: readonly Payload[], gap: number): PayloadRun {
  const slices = slicesOf(list, gap);
  const places = new Uint32Array(PLACE_FIELDS * list.length);
  slices.forEach(({ start, length }, at) => {
    places.set([start, length], PLACE_FIELDS * at);
  });
  return new PayloadRun(slices[0]?.bytes ?? new Uint8Array(0), places);
}

/** How transactions are held: as an array, or as parts that begin at these places, with payloads of their own or of a run. */
export type Kind = 'array' | { readonly begins: readonly number[]; readonly gap: number | 'own' };

export const kinds: fc.Arbitrary<Kind> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('array' as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      begins: fc.array(fc.nat(30), { maxLength: 4 }),
      gap: fc.constantFrom('own' as const, 0, 20, GAP_BYTES_MAX),
    }),
  },
);

/** The same transactions, held so: a run where there is one part, all zxids of which follow one another. */
export function ofKind(transactions: readonly Transaction[], kind: Kind): Transactions {
  if (kind === 'array') return transactions;
  const parts: Transaction[][] = [];
  transactions.forEach((transaction, at) => {
    const last = parts.at(-1);
    if (last === undefined || kind.begins.includes(at) || !isNext(last.at(-1), transaction))
      parts.push([transaction]);
    else last.push(transaction);
  });
  const runs = parts.map((part) => {
    const payloadsOfPart = part.map(({ payload }) => payload);
    return new TransactionRun(
      part[0]?.zxid ?? zxidOf(0, 0),
      kind.gap === 'own' ? payloadsOfPart : runOf(payloadsOfPart, kind.gap),
    );
  });
  return runs.length === 1 && runs[0] !== undefined ? runs[0] : new TransactionList(runs);
}

function isNext(before: Transaction | undefined, { zxid }: Transaction): boolean {
  return before !== undefined && zxidsEqual(zxid, zxidOf(before.zxid.epoch, before.zxid.counter + 1));
}

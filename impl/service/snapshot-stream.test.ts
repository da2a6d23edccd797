import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Zxid } from '../broadcast/zxid.ts';
import { OPEN_ACL, type Acl } from '../wire/acl.ts';
import { JuteReader } from '../wire/jute-reader.ts';
import { JuteWriter } from '../wire/jute-writer.ts';
import { decoded } from '../wire/malformed.ts';
import { DataTree } from './data-tree.ts';
import { ServiceState } from './service-state.ts';
import { snapshotChunks } from './snapshot-format.ts';
import { readSnapshot } from './testing/read-snapshot.ts';
import { SnapshotStream } from './snapshot-stream.ts';

const ZXID: Zxid = { epoch: 3, counter: 9 };
const BYTES_MAX = 1000;
const GUARDED: readonly Acl[] = [
  { permissions: 1, scheme: 'ip', id: '127.0.0.1' },
  { permissions: 31, scheme: 'digest', id: 'somebody:secret' },
];

/** A state with all that a snapshot can have. */
function state(nodes: number): ServiceState {
  const tree = DataTree.initial();
  for (let i = 0; i < nodes; i++) {
    const acl = i % 3 === 0 ? GUARDED : OPEN_ACL;
    const owner = i % 5 === 0 ? 7n : 0n;
    tree.create(
      `/n${i}`,
      { data: Buffer.alloc(i % 300, i), acl, owner },
      -1,
      { epoch: 1, counter: i + 1 },
      i,
    );
  }
  return new ServiceState(
    tree,
    new Map([
      [7n, 4000],
      [8n, 30_000],
    ]),
    ZXID,
  );
}

function bytesOf(of: ServiceState): Buffer {
  return Buffer.concat([...snapshotChunks(of)]);
}

/** Reads a stream that comes in chunks of these lengths, over and over. */
function readInChunks(
  bytes: Buffer,
  lengths: readonly number[],
): { readonly stream: SnapshotStream; readonly last: ReturnType<SnapshotStream['next']> } {
  const stream = new SnapshotStream(ZXID, BYTES_MAX, 100);
  let last = stream.next();
  for (let at = 0, i = 0; at < bytes.length && last.ok && last.state === undefined; i++) {
    const end = at + (lengths[i % lengths.length] ?? 1);
    stream.push(bytes.subarray(at, end));
    last = stream.next();
    at = end;
  }
  return { stream, last };
}

describe('a snapshot that comes over a stream', () => {
  const whole = bytesOf(state(200));

  it('is the same state however it is cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 }), (lengths) => {
        const { last, stream } = readInChunks(whole, lengths);
        if (!last.ok || last.state === undefined) throw new Error('the state is there');
        expect(bytesOf(last.state).equals(whole)).toBe(true);
        expect(last.state.lastZxid).toEqual(ZXID);
        expect(stream.offset).toBe(100 + whole.length);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves what comes behind it', () => {
    const stream = new SnapshotStream(ZXID, BYTES_MAX);
    stream.push(Buffer.concat([whole, Buffer.from('more')]));
    expect(stream.next()).toMatchObject({ ok: true });
    expect(stream.rest().toString()).toBe('more');
  });

  it('has access rights as many as a request can', () => {
    const acl = Array.from({ length: 80_000 }, () => ({ permissions: 31, scheme: '', id: '' }));
    const tree = DataTree.initial();
    tree.create('/a', { data: null, acl, owner: 0n }, -1, { epoch: 1, counter: 1 }, 0);
    const stream = new SnapshotStream(ZXID, 1 << 20);
    stream.push(bytesOf(new ServiceState(tree, new Map(), ZXID)));
    expect(stream.next()).toMatchObject({ ok: true, state: expect.any(ServiceState) as unknown });
  });

  it('is not there before its last byte', () => {
    const { last } = readInChunks(whole.subarray(0, -1), [1000]);
    expect(last).toEqual({ ok: true, state: undefined });
  });

  it('keeps nothing of the chunks that it came in', () => {
    const bytes = Buffer.from(whole);
    const { last } = readInChunks(bytes, [777]);
    bytes.fill(0xff);
    if (!last.ok || last.state === undefined) throw new Error('the state is there');
    expect(bytesOf(last.state).equals(whole)).toBe(true);
  });

  it.each([
    [
      'a path',
      new JuteWriter()
        .int(0)
        .int(0)
        .int(BYTES_MAX + 1),
      'path: 1001 bytes',
    ],
    [
      'data',
      new JuteWriter()
        .int(0)
        .int(0)
        .string('')
        .int(BYTES_MAX + 1),
      'data: 1001 bytes',
    ],
    [
      'a scheme',
      new JuteWriter()
        .int(0)
        .int(1)
        .long(1n)
        .int(1)
        .int(31)
        .int(BYTES_MAX + 1),
      'scheme: 1001 bytes',
    ],
    ['an id', new JuteWriter().int(0).int(1).long(1n).int(1).int(31).string('ip').int(-2), 'id: -2 bytes'],
    [
      'access rights',
      new JuteWriter()
        .int(0)
        .int(1)
        .long(1n)
        .int(1 << 20),
      'acls: 1048576 elements',
    ],
  ])(
    'is refused for a length of %s beyond the bound, before its bytes have come',
    (_what, writer, reason) => {
      const { last } = readInChunks(writer.finish(), [5]);
      if (last.ok) throw new Error('the length is refused');
      expect(last.reason).toContain(reason);
    },
  );

  it('that is changed comes out as the whole reader has it: the same state, or refused at the same place', () => {
    const bytes = bytesOf(state(6));
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 200 }),
        (changes, length) => {
          const changed = Buffer.from(bytes);
          for (const [at, value] of changes) changed[at] = value;
          const expected = decoded(() => readSnapshot(new JuteReader(changed), ZXID));
          const { last } = readInChunks(changed, [length]);
          if (expected.ok) {
            if (!last.ok || last.state === undefined) throw new Error('the state is there');
            expect(bytesOf(last.state).equals(bytesOf(expected.value))).toBe(true);
          } else {
            // Of a length that is too large the stream waits for the rest, unless it is beyond its bound.
            expect(last.ok && last.state !== undefined).toBe(false);
            refused++;
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

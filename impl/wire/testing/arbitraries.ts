/** Generators of what goes over the wire, for property tests. */

import fc from 'fast-check';

import type { Zxid } from '../../broadcast/zxid.ts';
import type { Acl } from '../acl.ts';
import type { Operation } from '../client-request.ts';
import type { Result } from '../client-reply.ts';
import type { QuorumPacket } from '../quorum-packet.ts';
import type { Stat } from '../stat.ts';
import type { SingleTransaction } from '../transaction-body.ts';
import type { TransactionRecord } from '../transaction-record.ts';

export const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
export const int32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
export const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
export const zxid: fc.Arbitrary<Zxid> = fc.record({ epoch: uint32, counter: uint32 });
export const bytes = fc.uint8Array({ maxLength: 64 });
export const nullableBytes = fc.option(bytes);
/** Strings that UTF-8 can say: no lone surrogates. */
export const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const path = text.map((name) => `/${name}`);
const time = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });

export const quorumPacket: fc.Arbitrary<QuorumPacket> = fc.record({
  type: int32,
  zxid,
  data: nullableBytes,
  // The same ones often, as one client after the other has them.
  authinfo: fc.oneof(
    fc.constantFrom([{ scheme: 'ip', id: '127.0.0.1' }], [{ scheme: 'ip', id: '127.0.0.2' }]),
    fc.array(fc.record({ scheme: text, id: text }), { maxLength: 3 }),
  ),
});

const acl: fc.Arbitrary<Acl> = fc.record({ permissions: int32, scheme: text, id: text });
const acls = fc.array(acl, { maxLength: 3 });

export const stat: fc.Arbitrary<Stat> = fc.record({
  czxid: zxid,
  mzxid: zxid,
  ctime: time,
  mtime: time,
  version: int32,
  cversion: int32,
  aversion: int32,
  ephemeralOwner: int64,
  dataLength: int32,
  numChildren: int32,
  pzxid: zxid,
});

const createdNode = { path, data: nullableBytes, acl: acls, parentCversion: int32 };

/** What may be part of a multi. */
const single: fc.Arbitrary<SingleTransaction> = fc.oneof(
  fc.record({
    type: fc.constantFrom('create' as const, 'create2' as const),
    ...createdNode,
    ephemeral: fc.boolean(),
  }),
  fc.record({ type: fc.constant('createContainer' as const), ...createdNode }),
  fc.record({ type: fc.constant('createTTL' as const), ...createdNode, ttlMs: time }),
  fc.record({ type: fc.constantFrom('delete' as const, 'deleteContainer' as const), path }),
  fc.record({
    type: fc.constantFrom('setData' as const, 'reconfig' as const),
    path,
    data: nullableBytes,
    version: int32,
  }),
  fc.record({ type: fc.constant('setACL' as const), path, acl: acls, version: int32 }),
  fc.record({ type: fc.constant('check' as const), path, version: int32 }),
  fc.record({ type: fc.constant('error' as const), code: int32 }),
);

/** Transactions of the types that are known; with a list of paths where a session is closed. */
export const transaction: fc.Arbitrary<TransactionRecord> = fc.record({
  header: fc.record({ sessionId: int64, cxid: int32, zxid, time }),
  body: fc.oneof(
    { weight: 3, arbitrary: single },
    fc.record({
      type: fc.constant('multi' as const),
      parts: fc.array(single, { maxLength: 4 }),
    }),
    fc.record({ type: fc.constant('createSession' as const), timeoutMs: int32 }),
    fc.record({
      type: fc.constant('closeSession' as const),
      paths: fc.option(fc.array(path, { maxLength: 3 }), { nil: undefined }),
    }),
  ),
  digest: fc.option(fc.record({ version: fc.constant(2), tree: int64 }), { nil: undefined }),
});

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    type: fc.constantFrom('create' as const, 'create2' as const),
    path,
    data: nullableBytes,
    acl: acls,
    flags: int32,
  }),
  fc.record({ type: fc.constant('delete' as const), path, version: int32 }),
  fc.record({ type: fc.constant('setData' as const), path, data: nullableBytes, version: int32 }),
  fc.record({
    type: fc.constantFrom(
      'exists' as const,
      'getData' as const,
      'getChildren' as const,
      'getChildren2' as const,
    ),
    path,
    watch: fc.boolean(),
  }),
  fc.record({ type: fc.constant('sync' as const), path }),
  fc.record({ type: fc.constantFrom('ping' as const, 'closeSession' as const) }),
);

const name = text.filter((s) => s !== '');
const children = fc.array(name, { maxLength: 4 });

/** An operation, with a result that a reply to it may have. */
export const answered: fc.Arbitrary<readonly [Operation['type'], Result]> = fc.oneof(
  fc.tuple(
    fc.constantFrom('create' as const, 'sync' as const),
    fc.record({ type: fc.constant('path' as const), path }),
  ),
  fc.tuple(
    fc.constant('create2' as const),
    fc.record({ type: fc.constant('pathAndStat' as const), path, stat }),
  ),
  fc.tuple(
    fc.constantFrom('exists' as const, 'setData' as const),
    fc.record({ type: fc.constant('stat' as const), stat }),
  ),
  fc.tuple(
    fc.constant('getData' as const),
    fc.record({ type: fc.constant('data' as const), data: nullableBytes, stat }),
  ),
  fc.tuple(
    fc.constant('getChildren' as const),
    fc.record({ type: fc.constant('children' as const), children }),
  ),
  fc.tuple(
    fc.constant('getChildren2' as const),
    fc.record({ type: fc.constant('childrenAndStat' as const), children, stat }),
  ),
  fc.tuple(
    fc.constantFrom('delete' as const, 'ping' as const, 'closeSession' as const),
    fc.constant({ type: 'nothing' as const }),
  ),
);

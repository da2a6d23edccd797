import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Zxid } from '../broadcast/zxid.ts';
import { OPEN_ACL, type Acl } from '../wire/acl.ts';
import { ErrorCode } from '../wire/client-reply.ts';
import { JuteReader } from '../wire/jute-reader.ts';
import { decoded } from '../wire/malformed.ts';
import type { TransactionBody } from '../wire/transaction-body.ts';
import { isAllowed, Permission } from './access.ts';
import { statOf } from './data-tree.ts';
import { pathFault } from './node-path.ts';
import { RequestPreparation, type WriteOperation } from './request-preparation.ts';
import { ServiceState, type Applied } from './service-state.ts';
import { snapshotChunks } from './snapshot-format.ts';
import { readSnapshot } from './testing/read-snapshot.ts';

function z(counter: number): Zxid {
  return { epoch: 1, counter };
}

/** Applies bodies as the transactions 1, 2, … of epoch 1, by session 9. */
function applyAll(state: ServiceState, bodies: readonly TransactionBody[], from = 1): Applied[] {
  return bodies.map((body, index) => {
    const zxid = z(from + index);
    return state.apply({
      header: { sessionId: 9n, cxid: index, zxid, time: 1000 + from + index },
      body,
      digest: undefined,
    });
  });
}

function create(path: string, acl: readonly Acl[] = OPEN_ACL): WriteOperation {
  return { type: 'create', path, data: Buffer.from(path), acl, flags: 0 };
}

function created(path: string, ephemeral = false): TransactionBody {
  return { type: 'create', path, data: Buffer.from('x'), acl: OPEN_ACL, ephemeral, parentCversion: -1 };
}

describe('paths', () => {
  it.each(['/', '/a', '/a/b', '/a.b', '/.a', '/ü'])('%j is one', (path) => {
    expect(pathFault(path)).toBeUndefined();
  });

  it.each(['', 'a', '/a/', '//', '/a//b', '/.', '/a/..', '/a/./b', '/\u0000', '/\u0085', '/\ue000'])(
    '%j is none',
    (path) => {
      expect(pathFault(path)).toBeDefined();
    },
  );
});

describe('the tree', () => {
  it('begins as every service does', () => {
    const { tree } = new ServiceState();
    expect(tree.entries().map(([path]) => path)).toEqual([
      '/',
      '/zookeeper',
      '/zookeeper/quota',
      '/zookeeper/config',
    ]);
    const root = tree.get('/');
    expect(root && statOf(root)).toMatchObject({ cversion: -1, numChildren: 1, version: 0 });
  });

  it('counts what happens to a node', () => {
    const state = new ServiceState();
    applyAll(state, [
      created('/a'),
      created('/a/b'),
      created('/a/c'),
      { type: 'delete', path: '/a/b' },
      { type: 'setData', path: '/a', data: null, version: 1 },
    ]);
    const node = state.tree.get('/a');
    expect(node && statOf(node)).toEqual({
      czxid: z(1),
      mzxid: z(5),
      ctime: 1001,
      mtime: 1005,
      version: 1,
      // Two creations and one deletion.
      cversion: 3,
      aversion: 0,
      ephemeralOwner: 0n,
      pzxid: z(4),
      dataLength: 0,
      numChildren: 1,
    });
  });

  it('loses the ephemeral nodes of a session that is closed, listed or not', () => {
    const state = new ServiceState();
    const results = applyAll(state, [
      { type: 'createSession', timeoutMs: 4000 },
      created('/a', true),
      created('/b', true),
      created('/c'),
      { type: 'closeSession', paths: ['/a'] },
    ]);
    expect(results.every(({ error }) => error === ErrorCode.OK)).toBe(true);
    expect(['/a', '/b', '/c'].filter((path) => state.tree.get(path) !== undefined)).toEqual(['/c']);
    expect(state.sessions.size).toBe(0);
  });

  it('does what the rarer types say', () => {
    const state = new ServiceState();
    const node = { data: null, acl: OPEN_ACL, parentCversion: -1 };
    applyAll(state, [
      { type: 'createContainer', path: '/c', ...node },
      { type: 'createTTL', path: '/t', ...node, ttlMs: 5000 },
      { type: 'setACL', path: '/t', acl: [], version: 1 },
      { type: 'createContainer', path: '/gone', ...node },
      { type: 'deleteContainer', path: '/gone' },
    ]);
    const owner = (path: string): bigint | undefined => state.tree.get(path)?.stat.ephemeralOwner;
    expect([owner('/c'), owner('/t'), owner('/gone')]).toEqual([
      -0x8000000000000000n,
      -0x00ffffffffffec78n,
      undefined,
    ]);
    expect(state.tree.get('/t')).toMatchObject({ acl: [], stat: { aversion: 1, version: 0 } });
  });

  it('does all parts of a multi, or none', () => {
    const state = new ServiceState();
    const part = { type: 'create', path: '/a', data: null, acl: OPEN_ACL, ephemeral: true } as const;
    const [failed, done] = applyAll(state, [
      {
        type: 'multi',
        parts: [
          { type: 'error', code: ErrorCode.OK },
          { ...part, path: '/b', parentCversion: -1 },
          { type: 'error', code: ErrorCode.BAD_VERSION },
        ],
      },
      {
        type: 'multi',
        parts: [
          { ...part, parentCversion: -1 },
          { type: 'check', path: '/a', version: 0 },
          { type: 'setData', path: '/a', data: Buffer.from('x'), version: 1 },
        ],
      },
    ]);
    expect([failed?.error, done?.error]).toEqual([ErrorCode.BAD_VERSION, ErrorCode.OK]);
    expect(state.tree.get('/b')).toBeUndefined();
    expect(state.tree.get('/a')?.stat).toMatchObject({ version: 1, ephemeralOwner: 9n });
  });

  it('a transaction of an unknown type changes nothing but the place in the history', () => {
    const state = new ServiceState();
    const before = state.tree.entries();
    applyAll(state, [{ type: 'unknown', number: 14, body: new Uint8Array(3) }]);
    expect(state.tree.entries()).toEqual(before);
    expect(state.lastZxid).toEqual(z(1));
  });
});

describe('preparing requests', () => {
  const identities = [{ scheme: 'ip', id: '127.0.0.1' }];

  function codes(operations: readonly WriteOperation[]): number[] {
    const preparation = new RequestPreparation(new ServiceState().tree);
    return operations.map((operation, index) => {
      const body = preparation.prepare(operation, identities, z(index + 1));
      return body.type === 'error' ? body.code : ErrorCode.OK;
    });
  }

  it('sees what was proposed and is not applied yet', () => {
    expect(
      codes([
        create('/a'),
        create('/a'),
        create('/a/b'),
        { type: 'delete', path: '/a', version: -1 },
        { type: 'setData', path: '/a', data: null, version: 0 },
        { type: 'setData', path: '/a', data: null, version: 0 },
        { type: 'delete', path: '/a/b', version: -1 },
        { type: 'delete', path: '/a', version: 1 },
        { type: 'delete', path: '/a', version: -1 },
        create('/a/b'),
      ]),
    ).toEqual([
      ErrorCode.OK,
      ErrorCode.NODE_EXISTS,
      ErrorCode.OK,
      ErrorCode.NOT_EMPTY,
      ErrorCode.OK,
      ErrorCode.BAD_VERSION,
      ErrorCode.OK,
      ErrorCode.OK,
      ErrorCode.NO_NODE,
      ErrorCode.NO_NODE,
    ]);
  });

  it('refuses what makes no sense', () => {
    expect(
      codes([
        create('a'),
        create('/'),
        create('/a', []),
        create('/a', [{ permissions: 31, scheme: 'world', id: 'me' }]),
        { ...create('/a'), type: 'create', data: null, acl: OPEN_ACL, flags: 1 },
        { type: 'delete', path: '/', version: -1 },
        { type: 'delete', path: '/zookeeper', version: -1 },
        { type: 'setData', path: '/zookeeper/config', data: null, version: -1 },
      ]),
    ).toEqual([
      ErrorCode.BAD_ARGUMENTS,
      ErrorCode.NODE_EXISTS,
      ErrorCode.INVALID_ACL,
      ErrorCode.INVALID_ACL,
      ErrorCode.UNIMPLEMENTED,
      ErrorCode.BAD_ARGUMENTS,
      ErrorCode.BAD_ARGUMENTS,
      ErrorCode.NO_AUTH,
    ]);
  });

  it('what was decided ahead of the tree is what the tree does: no other error, and the versions decided', () => {
    const path = fc.constantFrom('/a', '/b', '/a/c', '/a/c/d');
    const version = fc.integer({ min: -1, max: 2 });
    const operation: fc.Arbitrary<WriteOperation> = fc.oneof(
      path.map((p) => create(p)),
      fc.record({ type: fc.constant('delete' as const), path, version }),
      fc.record({ type: fc.constant('setData' as const), path, data: fc.constant(null), version }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(operation, fc.nat(3)), { maxLength: 40 }), (steps) => {
        const ahead = new ServiceState();
        const atOnce = new ServiceState();
        const preparation = new RequestPreparation(ahead.tree);
        const reference = new RequestPreparation(atOnce.tree);
        const proposed: TransactionBody[] = [];
        let applied = 0;
        const applyNext = (): void => {
          const body = proposed[applied];
          if (body === undefined) return;
          const [result] = applyAll(ahead, [body], applied + 1);
          expect(result?.error).toBe(body.type === 'error' ? body.code : ErrorCode.OK);
          applied++;
          preparation.applied(z(applied));
        };
        for (const [next, applications] of steps) {
          const zxid = z(proposed.length + 1);
          const body = preparation.prepare(next, identities, zxid);
          expect(body).toEqual(reference.prepare(next, identities, zxid));
          proposed.push(body);
          applyAll(atOnce, [body], proposed.length);
          reference.applied(zxid);
          for (let i = 0; i < applications; i++) applyNext();
        }
        while (applied < proposed.length) applyNext();
        expect(ahead.tree.entries()).toEqual(atOnce.tree.entries());
      }),
    );
  });
});

describe('access', () => {
  const acl = [{ permissions: Permission.READ, scheme: 'ip', id: '10.1.0.0/16' }];
  it.each([
    ['10.1.2.3', Permission.READ, true],
    ['10.1.2.3', Permission.WRITE, false],
    ['10.2.2.3', Permission.READ, false],
    ['::1', Permission.READ, false],
  ])('from %s, permission %i: %s', (id, permission, allowed) => {
    expect(isAllowed(acl, permission, [{ scheme: 'ip', id }])).toBe(allowed);
  });
});

describe('snapshots', () => {
  function read(bytes: Uint8Array, lastZxid: Zxid): ServiceState {
    const result = decoded(() => {
      const reader = new JuteReader(bytes);
      const state = readSnapshot(reader, lastZxid);
      reader.end('the snapshot');
      return state;
    });
    if (!result.ok) throw new Error(result.reason);
    return result.value;
  }

  function populated(): ServiceState {
    const state = new ServiceState();
    applyAll(state, [
      { type: 'createSession', timeoutMs: 4000 },
      ...Array.from({ length: 600 }, (_, i) => created(`/n${i}`)),
      created('/n1/ephemeral', true),
      {
        type: 'create',
        path: '/guarded',
        data: null,
        acl: [{ permissions: 1, scheme: 'ip', id: '127.0.0.1' }],
        ephemeral: false,
        parentCversion: -1,
      },
    ]);
    return state;
  }

  it('bring the same state back', () => {
    const state = populated();
    const bytes = Buffer.concat([...snapshotChunks(state)]);
    const restored = read(bytes, state.lastZxid);
    expect(Buffer.concat([...snapshotChunks(restored)]).equals(bytes)).toBe(true);
    expect(restored.tree.get('/n1')?.children).toEqual(new Set(['ephemeral']));
    expect(restored.tree.get('/guarded')).toEqual(state.tree.get('/guarded'));
    expect(restored.tree.size).toBe(state.tree.size);
    expect(restored.sessions).toEqual(state.sessions);
    expect(restored.lastZxid).toEqual(state.lastZxid);
    expect(restored.tree.ephemeralsOf(9n)).toEqual(['/n1/ephemeral']);
  });

  it('do not show what is applied while they are taken', () => {
    const state = populated();
    const before = Buffer.concat([...snapshotChunks(state)]);
    const taken: Buffer[] = [];
    let next = 1000;
    for (const chunk of snapshotChunks(state)) {
      taken.push(chunk);
      applyAll(
        state,
        [
          { type: 'setData', path: '/n500', data: null, version: next },
          { type: 'delete', path: `/n${next - 900}` },
          created(`/m${next}`),
        ],
        next,
      );
      next += 10;
    }
    expect(Buffer.concat(taken).equals(before)).toBe(true);
  });

  it('that are cut or changed are refused, or are another state: never a thrown error of another kind', () => {
    const bytes = Buffer.concat([...snapshotChunks(new ServiceState())]);
    for (let cut = 0; cut < bytes.length; cut++) {
      expect(() => read(bytes.subarray(0, cut), z(1))).toThrow(/expected|left|missing|do not fit/);
    }
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        const result = decoded(() => readSnapshot(new JuteReader(changed), z(1)));
        expect(result.ok || result.reason !== '').toBe(true);
      }),
    );
  });
});

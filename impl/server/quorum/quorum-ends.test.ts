/** The leader's end and the learner's end against each other, over loopback. */
import { Buffer } from 'node:buffer';

import { afterEach, describe, expect, it } from 'vitest';

import type { Zxid } from '../../broadcast/zxid.ts';
import { serverId } from '../../protocol/ensemble.ts';
import { DataTree } from '../../service/data-tree.ts';
import { ServiceState } from '../../service/service-state.ts';
import { snapshotChunks } from '../../service/snapshot-format.ts';
import { OPEN_ACL } from '../../wire/acl.ts';
import { PacketType, QuorumPacketReader } from '../../wire/quorum-packet.ts';
import { until } from '../testing/loopback.ts';
import { Ends, messagesOf, proposal, z, type LeaderEnd, type LearnerEnd } from './testing/ends.ts';

const TWO = serverId(2);
const ends = new Ends();

afterEach(() => ends.close());

/** Both ends, connected, the epoch proposed and accepted; with a relay between them where something is to be observed. */
async function connected(
  options: Parameters<Ends['learner']>[2] = {},
  observe?: Parameters<Ends['proxyTo']>[1],
): Promise<[LeaderEnd, LearnerEnd]> {
  const one = await ends.leader();
  const { port } = observe === undefined ? one.port : await ends.proxyTo(one, observe);
  const two = ends.learner(port, TWO, options);
  await until(() => one.reports.length === 2);
  one.port.send(TWO, { type: 'LEADERINFO', epoch: 2 });
  await until(() => two.reports.length === 2);
  return [one, two];
}

/** The zxids of the packets of one type, of those that were said. */
function zxidsOf(chunks: readonly Buffer[] | undefined, type: number): Zxid[] {
  const reader = new QuorumPacketReader(1024);
  reader.push(Buffer.concat(chunks ?? []));
  const zxids: Zxid[] = [];
  for (let next = reader.next(); next.ok && next.packet !== undefined; next = reader.next()) {
    if (next.packet.type === type) zxids.push(next.packet.zxid);
  }
  return zxids;
}

describe('a learner connects', () => {
  it('the leader hears who it is, and then its first message', async () => {
    const one = await ends.leader();
    const two = ends.learner(one.port.port);
    await until(() => one.reports.length === 2);
    expect(one.reports).toEqual([
      ['connected', 2, 'follower'],
      ['message', 2, { type: 'FOLLOWERINFO', epoch: 0 }],
    ]);
    expect(two.reports).toEqual([['connected']]);
    expect(one.port.connectedLearners()).toEqual([2]);
  });

  it('an observer is told apart', async () => {
    const one = await ends.leader();
    ends.learner(one.port.port, serverId(4), { observer: true });
    await until(() => one.reports.length === 2);
    expect(one.reports).toEqual([
      ['connected', 4, 'observer'],
      ['message', 4, { type: 'FOLLOWERINFO', epoch: 0 }],
    ]);
  });
});

describe('a learner is brought up to date', () => {
  it('COMMIT before NEWLEADER arrives as one, of what was committed, and before it', async () => {
    const [one, two] = await connected({ historyEnd: () => z(1, 1) });
    one.port.send(TWO, { type: 'DIFF' });
    one.port.send(TWO, proposal(1, 2));
    one.port.send(TWO, proposal(1, 3));
    one.port.send(TWO, { type: 'COMMIT', zxid: z(1, 2) });
    one.port.send(TWO, { type: 'NEWLEADER', zxid: z(2, 0) });
    one.port.send(TWO, { type: 'COMMIT', zxid: z(1, 3) });
    one.port.send(TWO, { type: 'UPTODATE' });
    await until(() => messagesOf(two.reports).at(-1)?.type === 'UPTODATE');
    expect(messagesOf(two.reports).slice(1)).toEqual([
      { type: 'DIFF' },
      proposal(1, 2),
      proposal(1, 3),
      { type: 'COMMIT', zxid: z(1, 2) },
      { type: 'NEWLEADER', zxid: z(2, 0) },
      { type: 'COMMIT', zxid: z(1, 3) },
      { type: 'UPTODATE' },
    ]);
  });

  it('what it has already is committed by the zxid of DIFF, no further than its history goes', async () => {
    const [one, two] = await connected({ historyEnd: () => z(1, 4) });
    one.port.send(TWO, { type: 'DIFF' });
    one.port.send(TWO, { type: 'COMMIT', zxid: z(1, 3) });
    one.port.send(TWO, { type: 'NEWLEADER', zxid: z(2, 0) });
    await until(() => two.reports.length === 5);
    expect(messagesOf(two.reports).slice(1)).toEqual([
      { type: 'DIFF' },
      { type: 'COMMIT', zxid: z(1, 3) },
      { type: 'NEWLEADER', zxid: z(2, 0) },
    ]);
  });

  it('what its service has is not committed again', async () => {
    const [one, two] = await connected({ historyEnd: () => z(1, 4), delivered: () => z(1, 3) });
    one.port.send(TWO, { type: 'DIFF' });
    one.port.send(TWO, { type: 'COMMIT', zxid: z(1, 3) });
    one.port.send(TWO, { type: 'NEWLEADER', zxid: z(2, 0) });
    await until(() => two.reports.length === 4);
    expect(messagesOf(two.reports).slice(1)).toEqual([
      { type: 'DIFF' },
      { type: 'NEWLEADER', zxid: z(2, 0) },
    ]);
  });

  it('TRUNC commits what it leaves', async () => {
    const [one, two] = await connected({ historyEnd: () => z(1, 4) });
    one.port.send(TWO, { type: 'TRUNC', zxid: z(1, 2) });
    one.port.send(TWO, { type: 'NEWLEADER', zxid: z(2, 0) });
    await until(() => two.reports.length === 5);
    expect(messagesOf(two.reports).slice(1)).toEqual([
      { type: 'TRUNC', zxid: z(1, 2) },
      { type: 'COMMIT', zxid: z(1, 2) },
      { type: 'NEWLEADER', zxid: z(2, 0) },
    ]);
  });
});

describe('proposals', () => {
  it('acknowledgements, and commits, that come together are heard as one', async () => {
    const [one, two] = await connected();
    one.port.send(TWO, { type: 'DIFF' });
    one.port.send(TWO, { type: 'NEWLEADER', zxid: z(2, 0) });
    await until(() => messagesOf(two.reports).at(-1)?.type === 'NEWLEADER');
    two.link.send({ type: 'ACK', zxid: z(2, 0) });
    one.port.send(TWO, { type: 'UPTODATE' });
    for (const counter of [1, 2, 3]) one.port.send(TWO, proposal(2, counter));
    await until(() => messagesOf(two.reports).at(-1)?.type === 'PROPOSAL');
    two.link.send({ type: 'ACK', zxid: z(2, 2) });
    two.link.send({ type: 'ACK', zxid: z(2, 3) });
    const acknowledged = (): unknown => one.reports.at(-1)?.[2];
    await until(() => JSON.stringify(acknowledged()) === JSON.stringify({ type: 'ACK', zxid: z(2, 3) }));
    expect(one.reports.slice(2).map(([, , message]) => message)).toEqual(
      [0, 3].map((counter) => ({ type: 'ACK', zxid: z(2, counter) })),
    );
    one.port.send(TWO, { type: 'COMMIT', zxid: z(2, 3) });
    await until(() => messagesOf(two.reports).at(-1)?.type === 'COMMIT');
    expect(messagesOf(two.reports).filter(({ type }) => type === 'COMMIT')).toEqual([
      { type: 'COMMIT', zxid: z(2, 3) },
    ]);
  });

  it('are acknowledged and committed one by one on the wire, also where counters are left out', async () => {
    const said: Record<string, Buffer[]> = {};
    const [one, two] = await connected({}, (direction, chunk) => {
      (said[direction] ??= []).push(chunk);
    });
    one.port.send(TWO, { type: 'DIFF' });
    one.port.send(TWO, { type: 'NEWLEADER', zxid: z(2, 0) });
    await until(() => messagesOf(two.reports).at(-1)?.type === 'NEWLEADER');
    two.link.send({ type: 'ACK', zxid: z(2, 0) });
    one.port.send(TWO, { type: 'UPTODATE' });
    await until(() => messagesOf(two.reports).at(-1)?.type === 'UPTODATE');
    for (const direction of Object.keys(said)) said[direction] = [];
    const transactions = [1, 2, 5, 6].flatMap((counter) => [...proposal(2, counter).transactions]);
    one.port.send(TWO, { type: 'PROPOSAL', transactions });
    await until(() => messagesOf(two.reports).filter(({ type }) => type === 'PROPOSAL').length === 2);
    two.link.send({ type: 'ACK', zxid: z(2, 5) });
    two.link.send({ type: 'ACK', zxid: z(2, 6) });
    one.port.send(TWO, { type: 'COMMIT', zxid: z(2, 5) });
    one.port.send(TWO, { type: 'COMMIT', zxid: z(2, 6) });
    await until(() => zxidsOf(said['toClient'], PacketType.COMMIT).length >= 4);
    await until(() => zxidsOf(said['toServer'], PacketType.ACK).length >= 4);
    const zxids = transactions.map(({ zxid }) => zxid);
    expect(zxidsOf(said['toClient'], PacketType.COMMIT)).toEqual(zxids);
    expect(zxidsOf(said['toServer'], PacketType.ACK)).toEqual(zxids);
  });

  it('an acknowledgement before that of NEWLEADER waits for it, one of an older epoch is dropped', async () => {
    const [one, two] = await connected();
    one.port.send(TWO, { type: 'DIFF' });
    one.port.send(TWO, proposal(1, 1));
    for (const counter of [1, 2]) one.port.send(TWO, proposal(2, counter));
    one.port.send(TWO, { type: 'NEWLEADER', zxid: z(2, 0) });
    await until(() => messagesOf(two.reports).at(-1)?.type === 'NEWLEADER');
    const ack = (zxid: Zxid): void => {
      two.link.sendPacket({ type: PacketType.ACK, zxid, data: null, authinfo: [] });
    };
    for (const zxid of [z(1, 1), z(2, 1), z(2, 2), z(2, 0), z(1, 1), z(2, 0)]) ack(zxid);
    await until(() => one.reports.length === 5);
    expect(one.reports.slice(2).map(([, , message]) => message)).toEqual(
      [z(2, 0), z(2, 2), z(2, 0)].map((zxid) => ({ type: 'ACK', zxid })),
    );
  });
});

describe('a connection ends', () => {
  it('when the learner closes it, the leader is told', async () => {
    const [one, two] = await connected();
    two.link.close();
    await until(() => one.reports.length === 3);
    expect(one.reports.at(-1)).toEqual(['disconnected', 2, 'the other end closed the connection']);
    expect(one.port.connectedLearners()).toEqual([]);
  });

  it('when the leader closes it, the learner is told, and the leader is not', async () => {
    const [one, two] = await connected();
    one.port.disconnect(TWO);
    await until(() => two.reports.length === 3);
    expect(two.reports.at(-1)?.[0]).toBe('disconnected');
    expect(one.reports.length).toBe(2);
  });

  it('when the same learner connects again: the first connection is reported down before the second is up', async () => {
    const [one, two] = await connected();
    ends.learner(one.port.port);
    await until(() => one.reports.length === 5);
    expect(one.reports.slice(2)).toEqual([
      ['disconnected', 2, 'it connected again'],
      ['connected', 2, 'follower'],
      ['message', 2, { type: 'FOLLOWERINFO', epoch: 0 }],
    ]);
    await until(() => two.reports.at(-1)?.[0] === 'disconnected');
  });

  it('a new connection is spoken to once it is admitted, and the old one not any more', async () => {
    const admissions: (() => void)[] = [];
    const nothing = (): void => undefined;
    const listener = { message: nothing, packet: nothing, disconnected: nothing };
    const one = await ends.leader({
      listener: { ...listener, connected: (_peer, _kind, admit) => admissions.push(admit) },
    });
    ends.learner(one.port.port);
    await until(() => admissions.length === 1);
    const again = ends.learner(one.port.port);
    await until(() => admissions.length === 2);
    const [first, second] = admissions;
    for (const [admit, epoch] of [
      [nothing, 1],
      [first, 2],
      [second, 3],
    ] as const) {
      admit?.();
      one.port.send(TWO, { type: 'LEADERINFO', epoch });
      one.port.sendPacket(TWO, { type: PacketType.SYNC, zxid: z(0, epoch), data: null, authinfo: [] });
    }
    await until(() => again.reports.at(-1)?.[0] === 'packet');
    expect(again.reports).toEqual([
      ['connected'],
      ['message', { type: 'LEADERINFO', epoch: 3 }],
      ['packet', { type: PacketType.SYNC, zxid: z(0, 3), data: null, authinfo: [] }],
    ]);
  });

  it('who is not of the ensemble, or of the other kind, is refused with a line', async () => {
    const one = await ends.leader();
    const refused = [
      ends.learner(one.port.port, serverId(9)),
      ends.learner(one.port.port, TWO, { observer: true }),
    ];
    await until(() => refused.every(({ reports }) => reports.at(-1)?.[0] === 'disconnected'));
    expect(one.reports).toEqual([]);
    expect(one.warnings.map(({ reason }) => reason).sort()).toEqual([
      'server 2 is no observer of this ensemble',
      'server 9 is no follower of this ensemble',
    ]);
  });
});

describe('SNAP', () => {
  /** A state of that many nodes at the zxid. */
  function stateOf(nodes: number, zxid: Zxid): ServiceState {
    const tree = DataTree.initial();
    const made = { data: Buffer.alloc(100), acl: OPEN_ACL, owner: 0n };
    for (let i = 0; i < nodes; i++) tree.create(`/n${i}`, made, -1, z(1, i + 1), i);
    return new ServiceState(tree, new Map(), zxid);
  }

  function snapshotOf(state: ServiceState): () => { zxid: Zxid; chunks: Iterable<Uint8Array> } {
    return () => ({ zxid: state.lastZxid, chunks: snapshotChunks(state) });
  }

  async function snapped(
    state: ServiceState,
    ...options: Parameters<Ends['learner']>
  ): Promise<[LeaderEnd, LearnerEnd]> {
    const one = await ends.leader({ snapshot: snapshotOf(state) });
    const [port, ...rest] = options;
    const two = ends.learner(port === 0 ? one.port.port : port, ...rest);
    await until(() => one.reports.length === 2);
    one.port.send(TWO, { type: 'LEADERINFO', epoch: 2 });
    await until(() => two.reports.length === 2);
    return [one, two];
  }

  it('is the state that the leader has delivered, and as history what comes after it', async () => {
    const state = stateOf(50_000, z(1, 2));
    const [one, two] = await snapped(state, 0);
    const transactions = [1, 2, 3, 4].flatMap((counter) => [...proposal(1, counter).transactions]);
    one.port.send(TWO, { type: 'SNAP', history: { base: z(0, 0), transactions } });
    one.port.send(TWO, { type: 'COMMIT', zxid: z(1, 3) });
    one.port.send(TWO, { type: 'NEWLEADER', zxid: z(2, 0) });
    one.port.send(TWO, proposal(2, 1));
    await until(() => messagesOf(two.reports).at(-1)?.type === 'PROPOSAL', 25_000);
    const [snapshot] = two.reports.filter(([event]) => event === 'snapshot');
    const received = snapshot?.[1];
    if (!(received instanceof ServiceState)) throw new Error('a state is reported');
    expect(two.reports.findIndex(([event]) => event === 'snapshot')).toBe(2);
    expect(
      Buffer.concat([...snapshotChunks(received)]).equals(Buffer.concat([...snapshotChunks(state)])),
    ).toBe(true);
    expect(messagesOf(two.reports).slice(1)).toEqual([
      { type: 'SNAP', history: { base: z(1, 2), transactions: transactions.slice(2) } },
      { type: 'COMMIT', zxid: z(1, 3) },
      { type: 'NEWLEADER', zxid: z(2, 0) },
      proposal(2, 1),
    ]);
    one.port.send(TWO, { type: 'COMMIT', zxid: z(2, 1) });
    await until(() => messagesOf(two.reports).filter(({ type }) => type === 'COMMIT').length === 3);
    expect(messagesOf(two.reports).slice(5)).toEqual([
      { type: 'COMMIT', zxid: z(1, 4) },
      { type: 'COMMIT', zxid: z(2, 1) },
    ]);
  });
});

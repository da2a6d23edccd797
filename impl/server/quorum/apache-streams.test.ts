/** What Apache servers said on quorum connections: both ends understand it, and say the same in the same bytes. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { ZERO_ZXID } from '../../broadcast/zxid.ts';
import { serverId } from '../../protocol/ensemble.ts';
import { encodeQuorumPacket, PacketType } from '../../wire/quorum-packet.ts';
import { decodeTransaction } from '../../wire/transaction-record.ts';
import { until } from '../testing/loopback.ts';
import { LearnerMessages } from './learner-messages.ts';
import { LearnerStream } from './learner-stream.ts';
import { Ends, z, type Report } from './testing/ends.ts';

/** The packets of a file, each with the name that stands before it. */
function packetsOf(file: string): readonly { readonly name: string; readonly bytes: Buffer }[] {
  const text = readFileSync(new URL(`testdata/${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^# (.+)\n((?:[0-9a-f]+\n)+)/gm)].map(([, name = '', hex = '']) => ({
    name,
    bytes: Buffer.from(hex.replaceAll('\n', ''), 'hex'),
  }));
}

const ONE = serverId(1);
const TWO = serverId(2);
const ends = new Ends();

afterEach(() => ends.close());

describe('an Apache follower', () => {
  const packets = packetsOf('apache-follower.hex');

  it('is heard: who it is, what it has, what it acknowledges and asks for', async () => {
    const leader = await ends.leader({ myId: TWO });
    const socket = connect(leader.port.port, '127.0.0.1');
    ends.onClose(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.write(packets[0]?.bytes ?? '');
    await until(() => leader.reports.length === 2);
    leader.port.send(ONE, { type: 'LEADERINFO', epoch: 1 });
    leader.port.send(ONE, { type: 'DIFF' });
    leader.port.send(ONE, { type: 'NEWLEADER', zxid: z(1, 0) });
    socket.write(Buffer.concat(packets.slice(1).map(({ bytes }) => bytes)));
    await until(() => leader.reports.length === packets.length + 1);
    expect(leader.warnings).toEqual([]);
    const messages = leader.reports.filter(([event]) => event === 'message').map(([, , message]) => message);
    expect(messages).toEqual([
      { type: 'FOLLOWERINFO', epoch: 0 },
      { type: 'ACKEPOCH', epoch: 0, zxid: ZERO_ZXID },
      ...[0, 0, 1, 2, 3, 4, 5].map((counter) => ({ type: 'ACK', zxid: z(1, counter) })),
    ]);
    const others = leader.reports.filter(([event]) => event === 'packet').map(([, , packet]) => packet);
    expect(others.slice(0, 2)).toMatchObject([
      { type: PacketType.REQUEST, authinfo: [] },
      { type: PacketType.REQUEST, authinfo: [{ scheme: 'ip', id: '127.0.0.1' }] },
    ]);
    expect(others.slice(4, 7)).toMatchObject([5, 5, 5].map((type) => ({ type, zxid: z(1, 4) })));
  });

  it('says who it is, what it has, and what it acknowledges in the bytes that ours do', async () => {
    const said: Buffer[] = [];
    const leader = await ends.leader({ myId: TWO });
    const proxy = await ends.proxyTo(leader, (direction, chunk) => {
      if (direction === 'toServer') said.push(chunk);
    });
    const { link } = ends.learner(proxy.port, ONE, { leader: TWO });
    await until(() => leader.reports.length === 2);
    link.send({ type: 'ACKEPOCH', epoch: 0, zxid: ZERO_ZXID });
    link.send({ type: 'ACK', zxid: z(1, 0) });
    link.send({ type: 'ACK', zxid: z(1, 0) });
    const expected = Buffer.concat(packets.slice(0, 4).map(({ bytes }) => bytes));
    await until(() => Buffer.concat(said).length === expected.length);
    expect(Buffer.concat(said).toString('hex')).toBe(expected.toString('hex'));
  });
});

describe('an Apache leader', () => {
  const packets = packetsOf('apache-leader.hex');

  it('is heard: its epoch, its snapshot, what it proposes and commits', () => {
    const reports: Report[] = [];
    const stream = new LearnerStream(100_000);
    const messages = new LearnerMessages({
      historyEnd: () => ZERO_ZXID,
      delivered: () => ZERO_ZXID,
      snapshot: (state) => reports.push(['snapshot', state.tree.entries().map(([path]) => path)]),
      message: (message) => reports.push([message.type, message]),
      packet: (packet) => reports.push(['packet', packet.type]),
    });
    stream.push(Buffer.concat(packets.map(({ bytes }) => bytes)));
    for (let next = stream.next(); ; next = stream.next()) {
      if (!next.ok) throw new Error(next.reason);
      if (next.heard === undefined) break;
      if (next.heard.type === 'snapshot') messages.takeSnapshot(next.heard.zxid, next.heard.state);
      else expect(messages.take(next.heard.packet)).toBeUndefined();
    }
    expect(reports.slice(0, 5)).toEqual([
      ['LEADERINFO', { type: 'LEADERINFO', epoch: 1 }],
      ['snapshot', ['/', '/zookeeper', '/zookeeper/config', '/zookeeper/quota']],
      ['SNAP', { type: 'SNAP', history: { base: ZERO_ZXID, transactions: [] } }],
      ['NEWLEADER', { type: 'NEWLEADER', zxid: z(1, 0) }],
      ['UPTODATE', { type: 'UPTODATE' }],
    ]);
    expect(reports.slice(5).map(([event]) => event)).toEqual([
      ...Array.from({ length: 4 }, () => ['PROPOSAL', 'COMMIT']).flat(),
      ...['packet', 'packet', 'packet', 'PROPOSAL', 'COMMIT'],
    ]);
    expect(messages.acknowledge(z(1, 3))).toEqual([{ epoch: 1, from: 1, to: 3 }]);
  });

  it('writes its packets as ours are written, and its transactions are known', () => {
    const stream = new LearnerStream(100_000);
    const types: string[] = [];
    for (const { name, bytes } of packets) {
      stream.push(bytes);
      const next = stream.next();
      if (!next.ok || next.heard === undefined) throw new Error(`${name} is a packet`);
      if (next.heard.type === 'snapshot') continue;
      const { packet } = next.heard;
      expect(encodeQuorumPacket(packet).toString('hex')).toBe(bytes.toString('hex'));
      if (packet.type !== PacketType.PROPOSAL || packet.data === null) continue;
      const record = decodeTransaction(packet.data);
      types.push(record.ok ? record.value.body.type : record.reason);
    }
    expect(types).toEqual(['createSession', 'create', 'setData', 'delete', 'closeSession']);
  });
});

/** Bytes that make no sense, at either end: the connection ends with one line, and nothing else does. */
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { formatZxid, ZERO_ZXID, type Zxid } from '../../broadcast/zxid.ts';
import { serverId } from '../../protocol/ensemble.ts';
import type { FollowerMessage, LeaderMessage } from '../../protocol/messages.ts';
import { ServiceState } from '../../service/service-state.ts';
import { snapshotChunks } from '../../service/snapshot-format.ts';
import { encodeProposals } from '../../wire/proposal-packets.ts';
import { encodeQuorumPacket, NO_ZXID, PacketType, type QuorumPacket } from '../../wire/quorum-packet.ts';
import { packetOf, ZAB_1_0, type PacketMessage } from '../../wire/zab-packets.ts';
import { until } from '../testing/loopback.ts';
import { LearnerMessages } from './learner-messages.ts';
import { LearnerStream, SIGNATURE } from './learner-stream.ts';
import { Ends, proposal, z } from './testing/ends.ts';

const BYTES_MAX = 10_000;

const context = {
  learner: { serverId: 2n, protocolVersion: ZAB_1_0, configurationVersion: 0n },
  committed: ZERO_ZXID,
  configuration: Buffer.from('server.1=…'),
};

function said(message: PacketMessage): Buffer {
  return encodeQuorumPacket(packetOf(message, context));
}

function packet(type: number, zxid: Zxid = NO_ZXID, data: Uint8Array | null = null): Buffer {
  return encodeQuorumPacket({ type, zxid, data, authinfo: [] });
}

/** All that a leader says to one learner, with a snapshot in between. */
function leaderStream(): Buffer {
  return Buffer.concat([
    said({ type: 'LEADERINFO', epoch: 2 }),
    packet(PacketType.SNAP, z(1, 1)),
    ...snapshotChunks(new ServiceState()),
    SIGNATURE,
    // An Apache leader may ping early, and send what its snapshot has.
    packet(PacketType.PING, z(2, 0)),
    encodeProposals(proposal(1, 1).transactions),
    said({ type: 'COMMIT', zxid: z(1, 1) }),
    encodeProposals(proposal(1, 2).transactions),
    said({ type: 'COMMIT', zxid: z(1, 2) }),
    said({ type: 'NEWLEADER', zxid: z(2, 0) }),
    said({ type: 'UPTODATE' }),
    encodeProposals(proposal(2, 1).transactions),
    said({ type: 'COMMIT', zxid: z(2, 1) }),
    packet(PacketType.PING, z(2, 1)),
    packet(PacketType.SYNC, ZERO_ZXID),
    packet(PacketType.REVALIDATE, NO_ZXID, Buffer.alloc(9)),
  ]);
}

/** All that a learner says to its leader. */
function learnerStream(): Buffer {
  return Buffer.concat([
    said({ type: 'FOLLOWERINFO', epoch: 1 }),
    said({ type: 'ACKEPOCH', epoch: 1, zxid: z(1, 1) }),
    said({ type: 'ACK', zxid: z(2, 0) }),
    said({ type: 'ACK', zxid: z(2, 1) }),
    packet(PacketType.REQUEST, NO_ZXID, Buffer.alloc(40)),
    packet(PacketType.PING, z(2, 1), Buffer.alloc(24)),
    packet(PacketType.REVALIDATE, NO_ZXID, Buffer.alloc(12)),
  ]);
}

interface Outcome {
  readonly events: string[];
  readonly fault: { readonly reason: string; readonly offset: number } | undefined;
}

function nameOf(message: LeaderMessage): string {
  if (message.type !== 'SNAP') return message.type;
  const { base, transactions } = message.history;
  return ['SNAP', base, ...transactions.map(({ zxid }) => zxid)]
    .map((part) => (typeof part === 'string' ? part : formatZxid(part)))
    .join(' ');
}

/** What a learner makes of a stream. */
function hear(bytes: Buffer, chunkBytes: number): Outcome {
  const events: string[] = [];
  const stream = new LearnerStream(BYTES_MAX);
  const messages = new LearnerMessages({
    historyEnd: () => ZERO_ZXID,
    delivered: () => ZERO_ZXID,
    snapshot: () => events.push('snapshot'),
    message: (message: LeaderMessage) => events.push(nameOf(message)),
    packet: (received: QuorumPacket) => events.push(`packet ${received.type}`),
  });
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    stream.push(bytes.subarray(at, at + chunkBytes));
    for (;;) {
      const { offset } = stream;
      const next = stream.next();
      if (!next.ok) return { events, fault: next };
      const { heard } = next;
      if (heard === undefined) break;
      if (heard.type === 'snapshot') {
        messages.takeSnapshot(heard.zxid, heard.state);
        continue;
      }
      const reason = messages.take(heard.packet);
      if (reason !== undefined) return { events, fault: { reason, offset } };
    }
  }
  return { events, fault: undefined };
}

function mutations(length: number): fc.Arbitrary<readonly (readonly [at: number, value: number])[]> {
  const value = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
  return fc.array(fc.tuple(fc.nat(length - 1), value), { minLength: 1, maxLength: 4 });
}

function mutated(bytes: Buffer, changes: readonly (readonly [number, number])[]): Buffer {
  const changed = Buffer.from(bytes);
  for (const [at, value] of changes) changed[at] = value;
  return changed;
}

describe('what a leader says', () => {
  const whole = leaderStream();
  const expected = hear(whole, whole.length);

  it('is understood, and what comes between a snapshot and NEWLEADER belongs to its history', () => {
    const events = [
      'LEADERINFO',
      'snapshot',
      'SNAP 0x100000001 0x100000002',
      'COMMIT',
      'NEWLEADER',
      'UPTODATE',
      'PROPOSAL',
      'COMMIT',
    ];
    expect(expected).toEqual({ events: [...events, 'packet 5', 'packet 7', 'packet 6'], fault: undefined });
  });

  it('is the same however it is cut into chunks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (chunkBytes) => {
        expect(hear(whole, chunkBytes)).toEqual(expected);
      }),
    );
  });

  it('changed anywhere, is heard, or refused in one line at a place within the stream', () => {
    let refused = 0;
    fc.assert(
      fc.property(mutations(whole.length), fc.integer({ min: 1, max: 300 }), (changes, chunkBytes) => {
        const { fault } = hear(mutated(whole, changes), chunkBytes);
        if (fault === undefined) return;
        refused++;
        expect(fault.reason).toMatch(/^[^\n]{3,400}$/);
        expect(fault.offset).toBeLessThanOrEqual(whole.length);
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(150);
  });

  it.each([
    ['a change of the ensemble', packet(PacketType.COMMITANDACTIVATE), /changes the ensemble/],
    ['what only learners say', said({ type: 'ACK', zxid: z(1, 1) }), /no leader sends a packet of type 3/],
    ['a type that nobody knows', packet(99), /no leader sends a packet of type 99/],
    [
      'another signature',
      Buffer.concat([packet(PacketType.SNAP), ...snapshotChunks(new ServiceState()), Buffer.alloc(14)]),
      /BenWasHere/,
    ],
    [
      'a leader from before Zab 1.0',
      packet(PacketType.LEADERINFO, z(1, 0), Buffer.from([0, 0, 0, 1])),
      /0x10000 is the oldest/,
    ],
  ])('is refused: %s', (_what, bytes, reason) => {
    expect(hear(bytes, bytes.length).fault?.reason).toMatch(reason);
  });
});

describe('what a learner says', () => {
  const ends = new Ends();
  const whole = learnerStream();

  afterEach(() => ends.close());

  /** Sends the bytes, and waits until the connection is closed from the other end, or `done`. */
  async function say(port: number, bytes: Buffer, done: () => boolean): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    await until(() => socket.destroyed || socket.readableEnded || done(), 5000).finally(() =>
      socket.destroy(),
    );
  }

  it('changed anywhere, is heard, or ends the connection with one line; the next learner is welcome', async () => {
    const one = await ends.leader();
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(mutations(whole.length), async (changes) => {
        one.reports.length = one.warnings.length = 0;
        const all = (): boolean => one.reports.length >= 8;
        // What is changed into a longer packet would be waited for: the end of the stream shows that nothing more comes.
        const socket = connect(one.port.port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.resume();
        socket.end(mutated(whole, changes));
        await until(() => socket.destroyed || all());
        socket.destroy();
        await until(() => one.port.connectedLearners().length === 0);
        expect(one.warnings.length).toBeLessThanOrEqual(1);
        refused += one.warnings.length;
      }),
      { numRuns: 80 },
    );
    expect(refused).toBeGreaterThan(8);
    one.reports.length = 0;
    ends.learner(one.port.port);
    await until(() => one.reports.length === 2);
  });

  it.each([
    [
      'another first packet',
      said({ type: 'ACK', zxid: z(1, 1) }),
      /FOLLOWERINFO or OBSERVERINFO comes first/,
      0,
    ],
    [
      'an old version',
      packet(PacketType.FOLLOWERINFO, z(1, 0), Buffer.from('00000000000000020000000f', 'hex')),
      /0x10000 is the oldest/,
      0,
    ],
    [
      'a first packet that is too long',
      packet(PacketType.FOLLOWERINFO, z(1, 0), Buffer.alloc(300)),
      /data: .*at most 256/,
      12,
    ],
    [
      'a first packet whose identities are too long',
      Buffer.from('0000000b 0000000000000001 ffffffff 00000001 00000101'.replaceAll(' ', ''), 'hex'),
      /authinfo: .*at most 256/,
      20,
    ],
    [
      'what only leaders say',
      Buffer.concat([whole, said({ type: 'UPTODATE' })]),
      /no learner sends a packet of type 12/,
      whole.length,
    ],
    [
      'a length beyond the bound',
      Buffer.concat([whole, Buffer.from('00000001 0000000000000000 7fffffff'.replaceAll(' ', ''), 'hex')]),
      /data: 2147483647 bytes/,
      whole.length + 12,
    ],
  ])('is refused with its place: %s', async (_what, bytes, reason, offset) => {
    const one = await ends.leader();
    await say(one.port.port, bytes, () => one.warnings.length > 0);
    expect(one.warnings).toEqual([expect.objectContaining({ offset })]);
    expect(one.warnings[0]?.['reason']).toMatch(reason);
  });

  it('after the leader is done with it, is not heard', async () => {
    const heard: FollowerMessage[] = [];
    const one = await ends.leader({
      listener: {
        connected: () => undefined,
        message: (peer, message) => {
          heard.push(message);
          if (message.type === 'ACKEPOCH') one.port.disconnect(peer);
        },
        packet: () => undefined,
        disconnected: () => undefined,
      },
    });
    await say(one.port.port, whole, () => heard.length > 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard.map(({ type }) => type)).toEqual(['FOLLOWERINFO', 'ACKEPOCH']);
    expect(one.port.connectedLearners()).not.toContain(serverId(2));
  });
});

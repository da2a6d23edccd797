/**
 * A million messages with a few of their bytes changed: a decoder tells a value or what is wrong, never throws, never
 * takes much more memory than the message has bytes, and is done in time that follows from the message's length.
 */
import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { decodeReply, encodeReply } from './client-reply.ts';
import { decodeRequest, encodeRequest } from './client-request.ts';
import { decodeConnectRequest, encodeConnectRequest } from './client-session.ts';
import { frame, FrameReader } from './frames.ts';
import {
  decodeElectionHello,
  decodeNotification,
  encodeElectionHello,
  encodeNotification,
} from './notification.ts';
import { encodeQuorumPacket, QuorumPacketReader } from './quorum-packet.ts';
import { answered, operation, quorumPacket, transaction } from './testing/arbitraries.ts';
import { decodeTransaction, encodeTransaction } from './transaction-record.ts';
import { learnerInfoOf, messageOf } from './zab-packets.ts';

const SEED = 20_260_101;
const MESSAGES = 1_000_000;

type Decoder = (bytes: Buffer) => { readonly ok: boolean; readonly reason?: string };

function packets(bytes: Buffer): { readonly ok: boolean; readonly reason?: string } {
  const reader = new QuorumPacketReader(8 * 1024);
  reader.push(bytes);
  const next = reader.next();
  if (!next.ok || next.packet === undefined) return next;
  const message = messageOf(next.packet);
  return message.ok ? learnerInfoOf(next.packet) : message;
}

function frames(bytes: Buffer): { readonly ok: boolean; readonly reason?: string } {
  const reader = new FrameReader(1024);
  reader.push(bytes);
  return reader.next();
}

/** Right messages, each with the decoder that it is for. */
function samples(): readonly (readonly [Buffer, Decoder])[] {
  const many = { seed: SEED, numRuns: 500 };
  const address = { host: '127.0.0.1', port: 3888 };
  return [
    ...fc.sample(quorumPacket, many).map((packet) => [encodeQuorumPacket(packet), packets] as const),
    ...fc.sample(transaction, many).map((record) => [encodeTransaction(record), decodeTransaction] as const),
    ...fc
      .sample(operation, many)
      .map((op) => [encodeRequest({ xid: 1, operation: op }), decodeRequest] as const),
    ...fc.sample(answered, many).map(([type, result]) => {
      const reply = encodeReply({ xid: 1, zxid: { epoch: 1, counter: 1 }, error: 0, result });
      return [reply, (bytes: Buffer) => decodeReply(bytes, type)] as const;
    }),
    [encodeElectionHello({ sid: 1n, addresses: [address, address] }), decodeElectionHello],
    [
      encodeNotification({
        state: 'LOOKING',
        leader: 1n,
        zxid: { epoch: 1, counter: 1 },
        electionEpoch: 1n,
        peerEpoch: 1n,
        configuration: 'server.1=127.0.0.1:2888:3888:participant;0.0.0.0:2181\nversion=0',
      }),
      decodeNotification,
    ],
    [
      encodeConnectRequest({
        protocolVersion: 0,
        lastZxidSeen: { epoch: 0, counter: 0 },
        timeoutMs: 30_000,
        sessionId: 0n,
        password: Buffer.alloc(16),
        readOnly: false,
      }),
      decodeConnectRequest,
    ],
    [frame(Buffer.from('a frame')), frames],
  ];
}

/** Numbers below `bound` that follow from a seed; a linear congruential generator is random enough to choose bytes. */
function choices(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** Values that lengths and counts go wrong at. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

it(`${MESSAGES} mutated messages`, { timeout: 300_000 }, () => {
  const originals = samples();
  const choose = choices(SEED);
  let accepted = 0;
  const reasons = new Set<string>();
  for (let i = 0; i < MESSAGES; i++) {
    const chosen = originals[choose(originals.length)];
    if (chosen === undefined) throw new Error('there are samples');
    const [original, decode] = chosen;
    const cut = choose(4) === 0 ? choose(original.length + 1) : original.length;
    const bytes = Buffer.from(original.subarray(0, cut));
    for (let changes = choose(4); changes >= 0 && bytes.length > 0; changes--) {
      bytes[choose(bytes.length)] = choose(2) === 0 ? (EDGES[choose(EDGES.length)] ?? 0) : choose(256);
    }
    const result = decode(bytes);
    if (result.ok) accepted++;
    else reasons.add((result.reason ?? '').replaceAll(/-?\d+/g, 'N'));
  }
  // Both kinds came up, and what is wrong is said in a handful of ways, each a line.
  expect(accepted).toBeGreaterThan(MESSAGES / 10);
  expect(accepted).toBeLessThan((MESSAGES * 9) / 10);
  expect([...reasons].filter((reason) => reason === '' || reason.includes('\n'))).toEqual([]);
});

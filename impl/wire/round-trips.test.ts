/** What is written is read back; and however a stream is cut into chunks, the same packets and frames come out. */
import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeReply, encodeReply } from './client-reply.ts';
import { decodeRequest, encodeRequest } from './client-request.ts';
import {
  decodeConnectRequest,
  decodeConnectResponse,
  encodeConnectRequest,
  encodeConnectResponse,
} from './client-session.ts';
import { frame, FrameReader } from './frames.ts';
import type { Decoded } from './malformed.ts';
import {
  decodeElectionHello,
  decodeNotification,
  encodeElectionHello,
  encodeNotification,
  SERVER_STATES,
} from './notification.ts';
import { bytesOf, Slice } from '../broadcast/payload.ts';
import { payloads, transactionsOf } from '../broadcast/testing/payloads.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { nextZxid } from '../broadcast/zxid.ts';
import { encodeProposals, ProposalPackets } from './proposal-packets.ts';
import { encodeQuorumPacket, PacketType, QuorumPacketReader, type NextPacket } from './quorum-packet.ts';
import {
  answered,
  bytes,
  int32,
  int64,
  operation,
  quorumPacket,
  text,
  transaction,
  zxid,
} from './testing/arbitraries.ts';
import {
  decodeTransaction,
  encodeTransaction,
  encodeTransactions,
  zxidOfTransaction,
} from './transaction-record.ts';
import { messageOf, packetOf, type PacketMessage } from './zab-packets.ts';

/** Plain data to compare: a Buffer and a Uint8Array of the same bytes are the same. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

function expectValue(result: Decoded<unknown>, expected: unknown): void {
  expect(plain(result)).toEqual(plain({ ok: true, value: expected }));
}

/** Cuts bytes into chunks of the given lengths, then of what is left. */
function chunksOf(whole: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    chunks.push(whole.subarray(at, at + length));
    at += length;
  }
  chunks.push(whole.subarray(at));
  return chunks;
}

const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });

describe('what is written is read back', () => {
  it('packets between servers, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(quorumPacket, { maxLength: 5 }), cuts, (packets, lengths) => {
        const reader = new QuorumPacketReader(8 * 1024);
        const read: unknown[] = [];
        for (const chunk of chunksOf(Buffer.concat(packets.map(encodeQuorumPacket)), lengths)) {
          reader.push(chunk);
          for (let next = reader.next(); next.ok && next.packet !== undefined; next = reader.next()) {
            read.push(next.packet);
          }
        }
        expect(plain(read)).toEqual(plain(packets));
        expect(reader.rest().length).toBe(0);
      }),
    );
  });

  it('frames, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), cuts, (messages, lengths) => {
        const reader = new FrameReader(64);
        const read: Buffer[] = [];
        for (const chunk of chunksOf(Buffer.concat(messages.map(frame)), lengths)) {
          reader.push(chunk);
          for (let next = reader.next(); next.ok && next.frame !== undefined; next = reader.next()) {
            read.push(next.frame);
          }
        }
        expect(plain(read)).toEqual(plain(messages));
      }),
    );
  });

  it('transactions', () => {
    fc.assert(
      fc.property(transaction, (record) => {
        const encoded = encodeTransaction(record);
        expectValue(decodeTransaction(encoded), record);
        expect(zxidOfTransaction(encoded)).toEqual(record.header.zxid);
      }),
    );
  });

  it('transactions that come together, each as by itself', () => {
    fc.assert(
      fc.property(fc.array(transaction, { maxLength: 6 }), (records) => {
        const slices = encodeTransactions(records);
        expect(slices).toEqual(records.map(encodeTransaction));
        records.forEach((record, at) => {
          expectValue(decodeTransaction(slices.at(at) ?? new Uint8Array(0)), record);
        });
      }),
    );
  });

  it('parts of transactions, malformed at the same place whatever they are slices of', () => {
    let refused = 0;
    fc.assert(
      fc.property(transaction, fc.nat(40), fc.nat(20), (record, before, missing) => {
        const encoded = encodeTransaction(record);
        const part = encoded.subarray(0, Math.max(0, encoded.length - missing));
        const around = Buffer.concat([Buffer.alloc(before, 1), part, Buffer.alloc(30, 1)]);
        const expected = decodeTransaction(part);
        expect(plain(decodeTransaction(new Slice(around, before, part.length)))).toEqual(plain(expected));
        if (!expected.ok) refused++;
      }),
    );
    expect(refused).toBeGreaterThan(10);
  });

  it('transactions of an unknown type, byte for byte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 22, max: 90 }), bytes, zxid, (number, body, z) => {
        const record = {
          header: { sessionId: 1n, cxid: 2, zxid: z, time: 3 },
          body: { type: 'unknown' as const, number, body },
          digest: undefined,
        };
        const result = decodeTransaction(encodeTransaction(record));
        expect(result.ok && encodeTransaction(result.value).equals(encodeTransaction(record))).toBe(true);
      }),
    );
  });

  it('requests of clients', () => {
    fc.assert(
      fc.property(int32, operation, (xid, op) => {
        expectValue(decodeRequest(encodeRequest({ xid, operation: op })), { xid, operation: op });
      }),
    );
  });

  it('replies to clients', () => {
    fc.assert(
      fc.property(int32, zxid, answered, (xid, z, [type, result]) => {
        const reply = { xid, zxid: z, error: 0, result };
        expectValue(decodeReply(encodeReply(reply), type), reply);
      }),
    );
  });

  it('the beginning of a client’s connection, with and without its last field', () => {
    const session = {
      protocolVersion: int32,
      timeoutMs: int32,
      sessionId: int64,
      password: bytes,
      readOnly: fc.option(fc.boolean(), { nil: undefined }),
    };
    fc.assert(
      fc.property(fc.record({ ...session, lastZxidSeen: zxid }), fc.record(session), (request, response) => {
        expectValue(decodeConnectRequest(encodeConnectRequest(request)), request);
        expectValue(decodeConnectResponse(encodeConnectResponse(response)), response);
      }),
    );
  });

  it('notifications and the beginning of an election connection', () => {
    const notification = fc.record({
      state: fc.constantFrom(...SERVER_STATES),
      leader: int64,
      zxid,
      electionEpoch: int64,
      peerEpoch: int64,
      configuration: text,
    });
    const address = fc.record({
      host: fc.constantFrom('localhost', '127.0.0.1', '::1', 'a.example'),
      port: fc.integer({ min: 0, max: 65535 }),
    });
    fc.assert(
      fc.property(
        notification,
        int64,
        fc.array(address, { minLength: 1, maxLength: 3 }),
        (said, sid, addresses) => {
          expectValue(decodeNotification(encodeNotification(said)), said);
          const hello = encodeElectionHello({ sid, addresses });
          expectValue(decodeElectionHello(hello), { hello: { sid, addresses }, length: hello.length });
        },
      ),
    );
  });

  it('the messages of the protocol as packets', () => {
    const epoch = fc.integer({ min: 0, max: 0xffff_fffe });
    const message: fc.Arbitrary<PacketMessage> = fc.oneof(
      fc.record({ type: fc.constantFrom('FOLLOWERINFO' as const, 'LEADERINFO' as const), epoch }),
      fc.record({ type: fc.constant('ACKEPOCH' as const), epoch: fc.oneof(epoch, fc.constant(-1)), zxid }),
      fc.record({ type: fc.constantFrom('DIFF' as const, 'UPTODATE' as const) }),
      fc.record({
        type: fc.constantFrom('TRUNC' as const, 'COMMIT' as const, 'NEWLEADER' as const, 'ACK' as const),
        zxid,
      }),
    );
    const context = {
      learner: { serverId: 1n, protocolVersion: 0x10000, configurationVersion: 0n },
      committed: { epoch: 1, counter: 1 },
      configuration: Buffer.from('version=0'),
    };
    fc.assert(
      fc.property(message, (said) => {
        expectValue(messageOf(packetOf(said, context)), said);
      }),
    );
  });

  it('proposals, whether they are taken one by one or as a run, in whatever pieces they come', () => {
    const steps = fc.array(fc.record({ zxid, payload: bytes, isNext: fc.boolean() }), { maxLength: 6 });
    fc.assert(
      fc.property(steps, fc.array(fc.nat(60), { maxLength: 6 }), (list, sizes) => {
        const proposed: Transaction[] = [];
        for (const { zxid: z, payload, isNext } of list) {
          const last = proposed.at(-1)?.zxid;
          const next = isNext && last !== undefined ? nextZxid(last, last.epoch) : undefined;
          proposed.push({ zxid: next ?? z, payload });
        }
        const stream = encodeProposals(proposed);
        const runs = new QuorumPacketReader(1024);
        const packets = new QuorumPacketReader(1024);
        const taken: { run: Transaction[]; single: Transaction[] } = { run: [], single: [] };
        let at = 0;
        for (const size of [...sizes, stream.length]) {
          const piece = stream.subarray(at, at + size);
          at += piece.length;
          runs.push(piece);
          for (let run = runs.proposals(); run !== undefined; run = runs.proposals()) taken.run.push(...run);
          packets.push(piece);
          for (let next = packets.next(); next.ok && next.packet !== undefined; next = packets.next()) {
            const message = messageOf(next.packet);
            if (message.ok && message.value?.type === 'PROPOSAL')
              taken.single.push(...message.value.transactions);
          }
        }
        expect(taken.run).toEqual(proposed);
        expect(taken.single).toEqual(proposed);
        expect(runs.offset).toBe(stream.length);
      }),
    );
  });
});

it('proposals are the packets one by one, whatever their payloads are part of, run after run', () => {
  const packets = new ProposalPackets();
  fc.assert(
    fc.property(payloads, (list) => {
      const transactions = transactionsOf(list);
      const single = transactions.map(({ zxid: z, payload }) =>
        encodeQuorumPacket({ type: PacketType.PROPOSAL, zxid: z, data: bytesOf(payload), authinfo: [] }),
      );
      expect(packets.encode(transactions).equals(Buffer.concat(single))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('a run of proposals has as many as come together', () => {
  const proposed = transactionsOf(Array.from({ length: 1000 }, (_, at) => Uint8Array.of(at % 251)));
  const reader = new QuorumPacketReader(16);
  reader.push(encodeProposals(proposed));
  expect(reader.proposals()).toEqual(proposed);
  expect(reader.proposals()).toBeUndefined();
});

describe('a run of proposals ends', () => {
  const plain = { zxid: { epoch: 1, counter: 1 }, payload: Uint8Array.of(1) };
  const next = { epoch: 1, counter: 2 };
  const after = (bytes: Buffer): { readonly taken: number | undefined; readonly next: NextPacket } => {
    const reader = new QuorumPacketReader(16);
    reader.push(Buffer.concat([encodeProposals([plain]), bytes]));
    return { taken: reader.proposals()?.length, next: reader.next() };
  };

  it('where another packet comes, or one that an identity goes with', () => {
    const packet = { type: 4, zxid: next, data: null, authinfo: [] };
    expect(after(encodeQuorumPacket(packet))).toEqual({ taken: 1, next: { ok: true, packet } });
    const identified = { ...packet, type: 2, data: plain.payload, authinfo: [{ scheme: 'a', id: 'b' }] };
    expect(after(encodeQuorumPacket(identified))).toEqual({
      taken: 1,
      next: { ok: true, packet: identified },
    });
  });

  it.each([
    { what: 'a counter is left out', zxid: { epoch: 1, counter: 3 } },
    { what: 'one comes again', zxid: plain.zxid },
    { what: 'another epoch goes on with the counter', zxid: { epoch: 2, counter: 2 } },
  ])('where $what, with which another one begins', ({ zxid: z }) => {
    const reader = new QuorumPacketReader(16);
    reader.push(encodeProposals([plain, { ...plain, zxid: z }]));
    expect(reader.proposals()).toEqual([plain]);
    expect(reader.proposals()).toEqual([{ ...plain, zxid: z }]);
  });

  it('where one is too long, or has none, which is for the reader of single packets to judge', () => {
    const long = after(encodeProposals([{ zxid: next, payload: Buffer.alloc(17) }]));
    expect(long).toMatchObject({ taken: 1, next: { ok: false } });
    const none = after(encodeQuorumPacket({ type: 2, zxid: next, data: null, authinfo: [] }));
    expect(none).toMatchObject({ taken: 1, next: { ok: true, packet: { data: null } } });
  });
});

describe('a packet is overtaken', () => {
  const packet = (type: number, epoch: number, counter: number) =>
    encodeQuorumPacket({ type, zxid: { epoch, counter }, data: null, authinfo: [] });
  /** The counter that the first packet and those that overtake it come to, and how many bytes were taken. */
  const overtaken = (...packets: Buffer[]): readonly [number, number] => {
    const reader = new QuorumPacketReader(1024);
    reader.push(Buffer.concat(packets));
    const next = reader.next();
    if (!next.ok || next.packet === undefined) throw new Error('a packet has come');
    return [reader.takeOvertaking(next.packet).counter, reader.offset];
  };

  it('by those of the same type for later zxids of the same epoch, all of which have come', () => {
    const [ack, later] = [packet(3, 2, 7), packet(3, 2, 8)];
    expect(overtaken(ack, later)).toEqual([8, 40]);
    expect(overtaken(ack, later, packet(3, 2, 12), packet(3, 2, 12))).toEqual([12, 60]);
    expect(overtaken(ack)).toEqual([7, 20]);
    expect(overtaken(ack, later.subarray(0, 19))).toEqual([7, 20]);
    expect(overtaken(later, ack)).toEqual([8, 20]);
    expect(overtaken(ack, packet(4, 2, 8))).toEqual([7, 20]);
    expect(overtaken(ack, packet(3, 3, 8))).toEqual([7, 20]);
    expect(overtaken(packet(3, 2, 0), later)).toEqual([0, 20]);
  });
});

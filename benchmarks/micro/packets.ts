/** What is encoded and decoded on the way between servers: impl/wire. */
import { Buffer } from 'node:buffer';

import { ZERO_ZXID } from '../../impl/broadcast/zxid.ts';
import type { Proposal } from '../../impl/protocol/messages.ts';
import { encodeQuorumPacket, QuorumPacketReader } from '../../impl/wire/quorum-packet.ts';
import { decodeTransaction, encodeTransaction } from '../../impl/wire/transaction-record.ts';
import { messageOf, packetOf, type PacketContext } from '../../impl/wire/zab-packets.ts';
import { inMemory } from './part.ts';
import { recordOf, transactionsOf } from './transactions.ts';

/** About as many as one chunk of a socket, 64 KiB, has of them. */
const BATCH = 300;
const DATA_BYTES_MAX = 1024 * 1024;

const context: PacketContext = {
  learner: { serverId: 1n, protocolVersion: 0, configurationVersion: 0n },
  committed: ZERO_ZXID,
  configuration: new Uint8Array(0),
};

function proposals(): Proposal[] {
  return transactionsOf(1, BATCH).map((transaction) => ({ type: 'PROPOSAL', transaction }));
}

export const transactionEncodingPart = inMemory('transaction: encode', 'transaction', BATCH, () => {
  const records = Array.from({ length: BATCH }, (_, index) => recordOf({ epoch: 1, counter: index + 1 }));
  return () => {
    for (const record of records) {
      if (encodeTransaction(record).length === 0) throw new Error('a transaction has bytes');
    }
  };
});

export const transactionDecodingPart = inMemory('transaction: decode', 'transaction', BATCH, () => {
  const transactions = transactionsOf(1, BATCH);
  return () => {
    for (const { payload } of transactions) {
      const { ok } = decodeTransaction(payload);
      if (!ok) throw new Error('what was encoded can be decoded');
    }
  };
});

export const proposalEncodingPart = inMemory('proposal: encode', 'proposal', BATCH, () => {
  const messages = proposals();
  return () => {
    for (const message of messages) {
      if (encodeQuorumPacket(packetOf(message, context)).length === 0) throw new Error('a packet has bytes');
    }
  };
});

/** Packets that came in one chunk, as a follower takes them off the stream. */
export const proposalDecodingPart = inMemory('proposal: decode', 'proposal', BATCH, () => {
  const chunk = Buffer.concat(proposals().map((message) => encodeQuorumPacket(packetOf(message, context))));
  const reader = new QuorumPacketReader(DATA_BYTES_MAX);
  return () => {
    reader.push(chunk);
    let count = 0;
    for (let next = reader.next(); next.ok && next.packet !== undefined; next = reader.next()) {
      const message = messageOf(next.packet);
      if (message.ok && message.value?.type === 'PROPOSAL') count++;
    }
    if (count !== BATCH) throw new Error(`${count} of ${BATCH} proposals were found`);
  };
});

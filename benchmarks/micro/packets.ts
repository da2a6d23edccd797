/** What is encoded and decoded on the way between servers: impl/wire. */
import { encodeProposals } from '../../impl/wire/proposal-packets.ts';
import { QuorumPacketReader } from '../../impl/wire/quorum-packet.ts';
import { decodeTransaction, encodeTransactions } from '../../impl/wire/transaction-record.ts';
import { inMemory } from './part.ts';
import { recordOf, transactionsOf } from './transactions.ts';

/** About as many as one chunk of a socket, 64 KiB, has of them. */
const BATCH = 300;
const DATA_BYTES_MAX = 1024 * 1024;

export const transactionEncodingPart = inMemory('transaction: encode', 'transaction', BATCH, () => {
  const records = Array.from({ length: BATCH }, (_, index) => recordOf({ epoch: 1, counter: index + 1 }));
  return () => {
    if (encodeTransactions(records).length !== BATCH) throw new Error('each is encoded');
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
  const transactions = transactionsOf(1, BATCH);
  return () => {
    if (encodeProposals(transactions).length === 0) throw new Error('packets have bytes');
  };
});

/** Packets that came in one chunk, as a follower takes them off the stream. */
export const proposalDecodingPart = inMemory('proposal: decode', 'proposal', BATCH, () => {
  const chunk = encodeProposals(transactionsOf(1, BATCH));
  const reader = new QuorumPacketReader(DATA_BYTES_MAX);
  return () => {
    reader.push(chunk);
    const count = reader.proposals()?.length ?? 0;
    if (count !== BATCH) throw new Error(`${count} of ${BATCH} proposals were found`);
  };
});

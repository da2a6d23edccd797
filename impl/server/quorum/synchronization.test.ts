import { Buffer } from 'node:buffer';

import { describe, expect, it } from 'vitest';

import { ZERO_ZXID, type Zxid } from '../../broadcast/zxid.ts';
import { PacketType, QuorumPacketReader } from '../../wire/quorum-packet.ts';
import { Synchronization } from './synchronization.ts';
import { SIGNATURE } from './learner-stream.ts';
import { proposal, z } from './testing/ends.ts';

const CONTEXT = {
  learner: { serverId: 1n, protocolVersion: 0, configurationVersion: 0n },
  committed: ZERO_ZXID,
  configuration: Buffer.from('ensemble'),
};

function packetsOf(synchronization: Synchronization): (readonly [type: number, zxid: Zxid])[] {
  const reader = new QuorumPacketReader(1000);
  for (const piece of synchronization.packets({ type: 'NEWLEADER', zxid: z(2, 0) }, CONTEXT)) {
    // The snapshot of these tests is empty: between SNAP and the packets stands the signature.
    if (piece !== SIGNATURE) reader.push(Buffer.from(piece));
  }
  const packets: (readonly [number, Zxid])[] = [];
  for (let next = reader.next(); next.ok && next.packet !== undefined; next = reader.next()) {
    packets.push([next.packet.type, next.packet.zxid]);
  }
  return packets;
}

function begun(message: Parameters<typeof Synchronization.begun>[0]): Synchronization {
  return Synchronization.begun(message, () => ({ zxid: z(1, 2), chunks: [] }));
}

describe('what brings a learner up to date', () => {
  it('behind a snapshot is only what the snapshot has not', () => {
    const transactions = [1, 2, 3, 4].flatMap((counter) => [...proposal(1, counter).transactions]);
    const synchronization = begun({ type: 'SNAP', history: { base: ZERO_ZXID, transactions } });
    synchronization.commit(z(1, 3));
    expect(packetsOf(synchronization)).toEqual([
      [PacketType.SNAP, z(1, 2)],
      [PacketType.PROPOSAL, z(1, 3)],
      [PacketType.COMMIT, z(1, 3)],
      [PacketType.PROPOSAL, z(1, 4)],
      [PacketType.NEWLEADER, z(2, 0)],
    ]);
    expect(synchronization.uncommitted()).toEqual([{ epoch: 1, from: 4, to: 4 }]);
  });

  it('with DIFF says first up to where the leader has committed, and commits nothing that it does not propose', () => {
    const synchronization = begun({ type: 'DIFF' });
    synchronization.commit(z(1, 3));
    expect(packetsOf(synchronization)).toEqual([
      [PacketType.DIFF, z(1, 3)],
      [PacketType.NEWLEADER, z(2, 0)],
    ]);
  });
});

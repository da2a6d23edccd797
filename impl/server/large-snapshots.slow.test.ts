/** Snapshots that take longer than initLimit to go from a leader to a learner. */
import { createServer, type AddressInfo, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { ZERO_ZXID } from '../broadcast/zxid.ts';
import { serverId } from '../protocol/ensemble.ts';
import { DataTree } from '../service/data-tree.ts';
import { ServiceState } from '../service/service-state.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import { OPEN_ACL } from '../wire/acl.ts';
import { encodeQuorumPacket, PacketType } from '../wire/quorum-packet.ts';
import { packetOf, ZAB_1_0, type PacketMessage } from '../wire/zab-packets.ts';
import { Following } from './following.ts';
import { SILENT } from './logger.ts';
import { SIGNATURE } from './quorum/learner-stream.ts';
import { Ends, messagesOf, z } from './quorum/testing/ends.ts';
import type { RoleHost } from './role-host.ts';
import { LeadingServer } from './testing/leading-server.ts';
import { until } from './testing/loopback.ts';
import { MemoryServer } from './testing/memory-server.ts';
import { Proxy } from './testing/proxy.ts';

const TWO = serverId(2);
/** A second. */
const LIMITS = { tickTimeMs: 100, initLimit: 10 };

const ends = new Ends();

afterEach(() => ends.close());

/** As the server does. */
function ticking(role: RoleHost): void {
  const timer = setInterval(() => {
    role.tick();
  }, LIMITS.tickTimeMs / 2);
  ends.onClose(() => {
    clearInterval(timer);
  });
}

/** The state at 1.3000, of 30 MB. */
function largeState(): ServiceState {
  const tree = DataTree.initial();
  const made = { data: Buffer.alloc(10_000), acl: OPEN_ACL, owner: 0n };
  for (let i = 0; i < 3000; i++) tree.create(`/n${i}`, made, -1, z(1, i + 1), i);
  return new ServiceState(tree, new Map(), z(1, 3000));
}

describe('a follower', () => {
  const context = {
    learner: { serverId: 1n, protocolVersion: ZAB_1_0, configurationVersion: 0n },
    committed: ZERO_ZXID,
    configuration: Buffer.alloc(0),
  };

  function said(message: PacketMessage): Buffer {
    return encodeQuorumPacket(packetOf(message, context));
  }

  /** The snapshot in eight pieces, with the packets around it. */
  function pieces(): Buffer[] {
    const tree = DataTree.initial();
    tree.create('/a', { data: Buffer.alloc(800), acl: OPEN_ACL, owner: 0n }, -1, z(1, 1), 0);
    const snap = encodeQuorumPacket({ type: PacketType.SNAP, zxid: z(1, 1), data: null, authinfo: [] });
    const bytes = Buffer.concat([
      snap,
      ...snapshotChunks(new ServiceState(tree, new Map(), z(1, 1))),
      SIGNATURE,
      said({ type: 'NEWLEADER', zxid: z(2, 0) }),
    ]);
    const length = Math.ceil(bytes.length / 8);
    return Array.from({ length: 8 }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
  }

  /** A leader of epoch 2 that says a piece each 300 ms, as many as it is told, and a follower of it. */
  async function followerOf(saidPieces: number): Promise<MemoryServer<Following>> {
    const sockets: Socket[] = [];
    const leader = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      socket.once('data', () => {
        socket.write(said({ type: 'LEADERINFO', epoch: 2 }));
        socket.once('data', () => void trickle(socket));
      });
    });
    const trickle = async (socket: Socket): Promise<void> => {
      for (const piece of pieces().slice(0, saidPieces)) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        socket.write(piece);
      }
    };
    await new Promise<void>((resolve) => leader.listen(0, '127.0.0.1', resolve));
    ends.onClose(() => {
      for (const socket of sockets) socket.destroy();
      leader.close();
    });
    const { port } = leader.address() as AddressInfo;
    const server = await MemoryServer.start({
      ...LIMITS,
      leader: TWO,
      role: (serverContext) =>
        new Following(serverContext, {
          ...LIMITS,
          syncLimit: 10,
          dataBytesMax: 10_000,
          leader: TWO,
          addresses: [{ host: '127.0.0.1', port }],
          myId: serverId(1),
          observer: false,
          logger: SILENT,
        }),
    });
    ends.onClose(() => server.close());
    ticking(server.role);
    return server;
  }

  it('takes it, as long as it comes', async () => {
    const server = await followerOf(8);
    await until(() => server.context.peer.currentEpoch === 2);
    expect(server.abandoned).toEqual([]);
    expect(server.context.peer.lastZxid).toEqual(z(1, 1));
  });

  it('gives its leader up when nothing more of it comes for initLimit', async () => {
    const begun = performance.now();
    const server = await followerOf(4);
    await until(() => server.abandoned.length > 0);
    expect(performance.now() - begun).toBeGreaterThan(4 * 300 + 1000);
  });
});

describe('a leader that is not established', () => {
  it('waits for a learner that takes it, as long as it does', async () => {
    const one = await LeadingServer.start(largeState(), LIMITS.initLimit);
    ends.onClose(() => one.close());
    const proxy = await Proxy.open(one.port);
    ends.onClose(() => proxy.close());
    ticking(one.leading);
    const begun = performance.now();
    const learner = ends.learner(proxy.port, TWO);
    const established = one.establish(learner);
    while (performance.now() - begun < 1800) {
      proxy.stall('toClient');
      await new Promise((resolve) => setTimeout(resolve, 300));
      proxy.resume('toClient');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await established;
    expect(performance.now() - begun).toBeGreaterThan(1500);
    expect(one.abandoned).toEqual([]);
    expect(messagesOf(learner.reports).map(({ type }) => type)).toContain('SNAP');
  });
});

import { describe, expect, it } from 'vitest';

import { serverId } from '../protocol/ensemble.ts';
import type { Message } from '../protocol/messages.ts';
import { Peer } from '../protocol/peer.ts';
import { PeerHost, type PeerSurroundings } from './peer-host.ts';

const SELF = serverId(1);
const LEADER = serverId(2);

/** A follower of server 2, at its leader's LEADERINFO, and a disk whose writes end when the test says so. */
function following(): {
  readonly host: PeerHost;
  readonly log: string[];
  readonly endWrite: (error?: Error) => Promise<void>;
} {
  const log: string[] = [];
  let end: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const around: PeerSurroundings = {
    append: () => log.push('append'),
    truncate: () => log.push('truncate'),
    installSnapshot: () => log.push('installSnapshot'),
    storeEpoch: (name, epoch) => {
      log.push(`store ${name} ${epoch}`);
      return new Promise((resolve, reject) => {
        end = { resolve, reject };
      });
    },
    send: (_, message: Message) => log.push(`send ${message.type}`),
    disconnect: () => log.push('disconnect'),
    abandon: (reason) => log.push(`abandon: ${reason}`),
    deliver: () => log.push('deliver'),
    deliverSnapshot: () => log.push('deliverSnapshot'),
    settled: () => undefined,
    failed: (error) => log.push(`failed: ${String(error)}`),
  };
  const peer = new Peer({ id: SELF, ensemble: [SELF, LEADER, serverId(3)] });
  const host = new PeerHost(peer, around);
  host.give({ type: 'elected', leader: LEADER });
  host.give({ type: 'connected', peer: LEADER });
  return {
    host,
    log,
    endWrite: async (error) => {
      if (error === undefined) end?.resolve();
      else end?.reject(error);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('the host of a peer', () => {
  it('sends what promises an epoch only once the disk has the epoch', async () => {
    const { host, log, endWrite } = following();
    host.give({ type: 'message', from: LEADER, message: { type: 'LEADERINFO', epoch: 1 } });
    expect(log).toEqual(['send FOLLOWERINFO', 'store acceptedEpoch 1']);
    await endWrite();
    expect(log.at(-1)).toBe('send ACKEPOCH');
  });

  it('gives nothing to the peer while an epoch is on its way to the disk', async () => {
    const { host, log, endWrite } = following();
    host.give({ type: 'message', from: LEADER, message: { type: 'LEADERINFO', epoch: 1 } });
    host.give({ type: 'timeout' });
    expect(log.at(-1)).toBe('store acceptedEpoch 1');
    await endWrite();
    expect(log.slice(-2)).toEqual(['send ACKEPOCH', 'abandon: timeout']);
  });

  it('drops what waits from a connection when the role is given up', async () => {
    const { host, log, endWrite } = following();
    host.give({ type: 'message', from: LEADER, message: { type: 'LEADERINFO', epoch: 1 } });
    host.give({ type: 'timeout' });
    let done = false;
    host.inTurn(() => {
      done = true;
      return undefined;
    }, LEADER);
    let kept = false;
    host.inTurn(() => {
      kept = true;
      return undefined;
    }, 'server');
    await endWrite();
    expect(log.at(-1)).toBe('abandon: timeout');
    expect({ done, kept }).toEqual({ done: false, kept: true });
  });

  it('fails, and sends nothing more, when an epoch cannot be stored', async () => {
    const { host, log, endWrite } = following();
    host.give({ type: 'message', from: LEADER, message: { type: 'LEADERINFO', epoch: 1 } });
    await endWrite(new Error('the disk is full'));
    host.give({ type: 'timeout' });
    expect(log.slice(-2)).toEqual(['store acceptedEpoch 1', 'failed: Error: the disk is full']);
  });
});

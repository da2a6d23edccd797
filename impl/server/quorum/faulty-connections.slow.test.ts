/** Connections that are cut, stall, or are too slow: who notices, when, and what it costs. */
import { Buffer } from 'node:buffer';
import { createServer, type AddressInfo, type Server } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { serverId } from '../../protocol/ensemble.ts';
import { DataTree } from '../../service/data-tree.ts';
import { ServiceState } from '../../service/service-state.ts';
import { snapshotChunks } from '../../service/snapshot-format.ts';
import { OPEN_ACL } from '../../wire/acl.ts';
import { PacketType } from '../../wire/quorum-packet.ts';
import { freePorts } from '../free-ports.ts';
import { until } from '../testing/loopback.ts';
import type { LearnerLinkListener } from './learner-link.ts';
import type { ServiceSnapshot } from './synchronization.ts';
import { Ends, messagesOf, proposal, z, type LeaderEnd, type LearnerEnd } from './testing/ends.ts';

const TWO = serverId(2);
const THREE = serverId(3);
/** It observes. */
const FOUR = serverId(4);
/** Short, so that the limits are reached soon: initLimit after 1.6 s, syncLimit after 600 ms. */
const IMPATIENT = { tickTimeMs: 200, initLimit: 8, syncLimit: 3 };

const ends = new Ends();

afterEach(() => ends.close());

/** The leader's part up to UPTODATE, with an empty DIFF; the learner's acknowledgement included. */
async function establish(one: LeaderEnd, two: LearnerEnd, peer = TWO): Promise<void> {
  await until(() => one.port.connectedLearners().includes(peer));
  one.port.send(peer, { type: 'LEADERINFO', epoch: 1 });
  one.port.send(peer, { type: 'DIFF' });
  one.port.send(peer, { type: 'NEWLEADER', zxid: z(1, 0) });
  await until(() => messagesOf(two.reports).at(-1)?.type === 'NEWLEADER');
  two.link.send({ type: 'ACK', zxid: z(1, 0) });
  await until(() =>
    one.reports.some(([event, from, message]) => event === 'message' && from === peer && isAck(message)),
  );
  one.port.send(peer, { type: 'UPTODATE' });
  await until(() => messagesOf(two.reports).at(-1)?.type === 'UPTODATE');
}

function isAck(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ACK';
}

function propose(one: LeaderEnd, counter: number, payload = Buffer.alloc(10), peers = [TWO]): void {
  const message = proposal(1, counter, payload);
  for (const peer of peers) one.port.send(peer, message);
}

function lastOf({ reports }: LeaderEnd | LearnerEnd): string {
  return String(reports.at(-1));
}

/** A learner that sends pings back, as the core does. */
function answering(port: number, id = TWO, limits: object = IMPATIENT): LearnerEnd {
  const two: LearnerEnd = ends.learner(port, id, limits);
  const timer = setInterval(() => {
    for (let i = two.reports.findIndex(([event]) => event === 'packet'); i >= 0; i = -1) {
      two.reports.splice(i, 1);
      two.link.sendPacket({ type: PacketType.PING, zxid: z(1, 0), data: Buffer.alloc(0), authinfo: [] });
    }
  }, 5);
  ends.onClose(() => {
    clearInterval(timer);
  });
  return two;
}

describe('a connection that is cut', () => {
  it('is reported down at both ends', async () => {
    const one = await ends.leader();
    const proxy = await ends.proxyTo(one);
    const two = ends.learner(proxy.port);
    await establish(one, two);
    proxy.cut();
    await until(() => lastOf(one).startsWith('disconnected') && lastOf(two).startsWith('disconnected'));
  });
});

describe('silence', () => {
  it('of a learner before it acknowledges NEWLEADER ends the connection after initLimit, at the leader', async () => {
    const one = await ends.leader(IMPATIENT);
    ends.learner(one.port.port);
    await until(() => lastOf(one).includes('nothing came for'));
    expect(lastOf(one)).toContain('initLimit allows 1600 ms');
    expect(one.warnings).toEqual([{ server: 2, reason: expect.stringContaining('initLimit') as unknown }]);
  });

  it('of a leader before UPTODATE ends the connection after initLimit, at the learner', async () => {
    const one = await ends.leader();
    const two = ends.learner(one.port.port, TWO, IMPATIENT);
    await until(() => lastOf(two).includes('initLimit allows 1600 ms'));
  });

  it('of an established pair does not come up: the leader pings, the learner answers', async () => {
    const one = await ends.leader(IMPATIENT);
    const two = answering(one.port.port);
    await establish(one, two);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect([one.port.connectedLearners(), lastOf(two)]).toEqual([[2], 'message,[object Object]']);
    expect(one.reports.filter(([event]) => event === 'packet').length).toBeGreaterThan(5);
  });

  it.each([
    ['a follower', TWO, false],
    ['an observer', FOUR, true],
  ])('of %s that does not answer pings ends the connection after syncLimit', async (_what, id, observer) => {
    const one = await ends.leader(IMPATIENT);
    const two = ends.learner(one.port.port, id, { observer });
    await establish(one, two, id);
    await until(() => lastOf(one).includes('syncLimit allows 600 ms'));
  });

  it('of a leader whose pings do not come through ends the connection after syncLimit', async () => {
    const one = await ends.leader();
    const proxy = await ends.proxyTo(one);
    const two = answering(proxy.port);
    await establish(one, two);
    proxy.stall('toClient');
    await until(() => lastOf(two).includes('syncLimit allows 600 ms'));
  });

  it('of who connects and does not say who it is ends the connection after initLimit', async () => {
    const one = await ends.leader(IMPATIENT);
    const two = ends.learner(one.port.port, TWO, { listener: silent() });
    await until(() => one.warnings.length > 0);
    expect(one.warnings).toMatchObject([{ reason: 'it did not say who it is; initLimit is over' }]);
    expect(one.reports).toEqual([]);
    two.link.close();
  });

  function silent(): LearnerLinkListener {
    const nothing = (): void => undefined;
    return {
      connected: nothing,
      snapshot: nothing,
      message: nothing,
      packet: nothing,
      disconnected: nothing,
    };
  }
});

describe('a proposal that is not acknowledged', () => {
  it('ends the connection after syncLimit, although the learner answers pings', async () => {
    const one = await ends.leader(IMPATIENT);
    const two = answering(one.port.port);
    await establish(one, two);
    for (const counter of [1, 2, 3]) propose(one, counter);
    await until(() => messagesOf(two.reports).at(-1)?.type === 'PROPOSAL');
    two.link.send({ type: 'ACK', zxid: z(1, 3) });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(one.port.connectedLearners()).toEqual([2]);
    propose(one, 4);
    await until(() => lastOf(one).includes('a proposal was not acknowledged'));
  });
});

describe('a learner that is too slow', () => {
  it('is let go of when too much waits for it, and the others get everything', async () => {
    const payload = Buffer.alloc(100_000);
    const one = await ends.leader({ waitingBytesMax: 2_000_000 });
    const proxy = await ends.proxyTo(one);
    const [two, three] = [ends.learner(proxy.port), ends.learner(one.port.port, THREE)];
    await establish(one, two);
    await establish(one, three, THREE);
    proxy.stall('toClient');
    let counter = 0;
    while (one.port.connectedLearners().includes(TWO) && counter < 1000) {
      propose(one, ++counter, payload, [TWO, THREE]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The buffers of two sockets and of the relay hold some megabytes, too.
    expect(counter).toBeLessThan(400);
    expect(lastOf(one)).toContain('more than 2000000 bytes wait');
    await until(() => messagesOf(three.reports).filter(({ type }) => type === 'PROPOSAL').length === counter);
  });

  /** 30 MB, and how many of its chunks were asked for. */
  function largeSnapshot(): {
    readonly snapshot: () => ServiceSnapshot;
    readonly pulled: { chunks: number; total: number };
  } {
    const tree = DataTree.initial();
    const made = { data: Buffer.alloc(10_000), acl: OPEN_ACL, owner: 0n };
    for (let i = 0; i < 3000; i++) tree.create(`/n${i}`, made, -1, z(1, i + 1), i);
    const state = new ServiceState(tree, new Map(), z(1, 3000));
    const pulled = { chunks: 0, total: [...snapshotChunks(state)].length };
    function* counted(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
      for (const chunk of chunks) {
        pulled.chunks++;
        yield chunk;
      }
    }
    return { pulled, snapshot: () => ({ zxid: state.lastZxid, chunks: counted(snapshotChunks(state)) }) };
  }

  /** The leader's part up to NEWLEADER, with a snapshot, and a proposal behind it. */
  function sendSnapshot({ port }: LeaderEnd): void {
    port.send(TWO, { type: 'LEADERINFO', epoch: 2 });
    port.send(TWO, { type: 'SNAP', history: { base: z(0, 0), transactions: [] } });
    port.send(TWO, { type: 'NEWLEADER', zxid: z(2, 0) });
    port.send(TWO, proposal(2, 1));
  }

  it('does not make the leader produce a snapshot faster than it takes it; what comes behind waits its turn', async () => {
    const { snapshot, pulled } = largeSnapshot();
    const one = await ends.leader({ snapshot });
    const proxy = await ends.proxyTo(one);
    const two = ends.learner(proxy.port);
    await until(() => one.port.connectedLearners().length > 0);
    proxy.stall('toClient');
    sendSnapshot(one);
    let before = -1;
    while (before !== pulled.chunks) {
      before = pulled.chunks;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // What is not in the buffers of sockets was not made yet.
    expect(pulled.chunks).toBeGreaterThan(0);
    expect(pulled.chunks).toBeLessThan(pulled.total * 0.6);
    proxy.resume('toClient');
    await until(() => messagesOf(two.reports).at(-1)?.type === 'PROPOSAL');
    expect(pulled.chunks).toBe(pulled.total);
    const types = messagesOf(two.reports).map(({ type }) => type);
    expect(types).toEqual(['LEADERINFO', 'SNAP', 'COMMIT', 'NEWLEADER', 'PROPOSAL']);
  });

  it('may take longer than initLimit for a snapshot, as long as it takes some of it now and then', async () => {
    const { snapshot, pulled } = largeSnapshot();
    const one = await ends.leader({ ...IMPATIENT, snapshot });
    const proxy = await ends.proxyTo(one);
    const two = ends.learner(proxy.port);
    await until(() => one.port.connectedLearners().length > 0);
    const begun = performance.now();
    sendSnapshot(one);
    let passedOn = 0;
    while (messagesOf(two.reports).at(-1)?.type !== 'PROPOSAL' && one.port.connectedLearners().length > 0) {
      proxy.stall('toClient');
      await new Promise((resolve) => setTimeout(resolve, 500));
      proxy.resume('toClient');
      // The system hands out room in large lumps: until it asks the leader for more, as long as there is more.
      const before = pulled.chunks;
      for (const end = performance.now() + 50; pulled.chunks === before && performance.now() < end;) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      passedOn++;
    }
    expect(messagesOf(two.reports).at(-1)?.type).toBe('PROPOSAL');
    expect(passedOn).toBeGreaterThan(3);
    expect(performance.now() - begun).toBeGreaterThan(1700);
  });

  it('that takes nothing of a snapshot for initLimit is let go of', async () => {
    const { snapshot } = largeSnapshot();
    const one = await ends.leader({ ...IMPATIENT, snapshot });
    const proxy = await ends.proxyTo(one);
    ends.learner(proxy.port);
    await until(() => one.port.connectedLearners().length > 0);
    proxy.stall('toClient');
    sendSnapshot(one);
    await until(() => lastOf(one).includes('initLimit allows 1600 ms'));
  });
});

describe('a learner that connects', () => {
  /** A server that closes what connects, and counts it. */
  async function closing(): Promise<{
    readonly server: Server;
    readonly port: number;
    readonly seen: { count: number };
  }> {
    const seen = { count: 0 };
    const server = createServer((socket) => {
      seen.count++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.onClose(() => new Promise((resolve) => server.close(resolve)));
    return { server, port: (server.address() as AddressInfo).port, seen };
  }

  it('tries again until the leader listens', async () => {
    const [port = 0] = await freePorts(1);
    const two = ends.learner(port);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const one = await ends.leader({ listen: { host: '127.0.0.1', port } });
    await until(() => one.reports.length === 2);
    expect(two.reports).toEqual([['connected']]);
  });

  it('gives up after five attempts', async () => {
    const [port = 0] = await freePorts(1);
    const begun = performance.now();
    const two = ends.learner(port);
    await until(() => two.reports.length > 0);
    expect(lastOf(two)).toMatch(/^disconnected,the leader cannot be reached: .*ECONNREFUSED/);
    expect(performance.now() - begun).toBeGreaterThan(1400);
  });

  it('gives up before a pause that would go past initLimit', async () => {
    const [port = 0] = await freePorts(1);
    const two = ends.learner(port, TWO, { tickTimeMs: 50, initLimit: 5 });
    const begun = performance.now();
    await until(() => two.reports.length > 0);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('tries all addresses of the leader', async () => {
    const [port = 0] = await freePorts(1);
    const one = await ends.leader();
    const addresses = [port, one.port.port].map((each) => ({ host: '127.0.0.1', port: each }));
    ends.learner(port, TWO, { addresses });
    await until(() => one.reports.length === 2);
  });

  it('takes a connection that is closed at once for one, and does not try again by itself', async () => {
    const { port, seen } = await closing();
    const two = ends.learner(port);
    await until(() => lastOf(two).startsWith('disconnected'));
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(seen.count).toBe(1);
  });

  it('and is closed meanwhile says nothing more', async () => {
    const [port = 0] = await freePorts(1);
    const two = ends.learner(port);
    two.link.close();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(two.reports).toEqual([]);
  });
});

/** What a server that leads makes of what its learners and the time say. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { serverId } from '../protocol/ensemble.ts';
import { DataTree } from '../service/data-tree.ts';
import type { ForwardedRequest } from '../service/forwarded-request.ts';
import { ServiceState } from '../service/service-state.ts';
import { OperationNumber } from '../wire/client-request.ts';
import { PacketType } from '../wire/quorum-packet.ts';
import { Ends, messagesOf, type LearnerEnd } from './quorum/testing/ends.ts';
import { requestPacket, revalidatedPacket, revalidatePacket } from './service-packets.ts';
import { LeadingServer } from './testing/leading-server.ts';
import { until } from './testing/loopback.ts';

const TWO = serverId(2);
const THREE = serverId(3);
const ends = new Ends();

afterEach(async () => {
  vi.restoreAllMocks();
  await ends.close();
});

async function leader(...options: Parameters<typeof LeadingServer.start>): Promise<LeadingServer> {
  const server = await LeadingServer.start(...options);
  ends.onClose(() => server.close());
  return server;
}

/** A request that changes nothing: what is to be deleted is not there. */
function requestOf(cxid: number, type: number = OperationNumber.delete): ForwardedRequest {
  return { sessionId: 7n, cxid, type, body: new Uint8Array(0), auth: [] };
}

function typesOf({ reports }: LearnerEnd): string[] {
  return messagesOf(reports).map(({ type }) => type);
}

function packetsOf({ reports }: LearnerEnd, type: number): unknown[] {
  return reports.filter(([event, packet]) => event === 'packet' && isPacket(packet, type));
}

function isPacket(packet: unknown, type: number): boolean {
  return typeof packet === 'object' && packet !== null && 'type' in packet && packet.type === type;
}

describe('a learner that connects again', () => {
  it('is not told on its new connection what its old one was to be told', async () => {
    const one = await leader();
    one.hold();
    ends.learner(one.port, TWO);
    // Its epoch completes the quorum, and is on its way to the disk.
    await until(() => one.peer.acceptedEpoch === 1);
    const again = ends.learner(one.port, TWO);
    await until(() => again.reports.length === 1);
    const third = ends.learner(one.port, THREE);
    await until(() => third.reports.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    one.release();
    await until(() => typesOf(third).length > 0 && typesOf(again).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([typesOf(again), typesOf(third)]).toEqual([['LEADERINFO'], ['LEADERINFO']]);
  });

  it('gets no answer to a sync that it asked for on its old connection', async () => {
    const one = await leader();
    const two = ends.learner(one.port, TWO);
    await one.establish(two);
    const three = ends.learner(one.port, THREE);
    await one.establish(three);
    // What is proposed now is committed only when the learners acknowledge it.
    one.leading.submit(requestOf(1));
    await until(() => typesOf(two).at(-1) === 'PROPOSAL');
    const sync = requestPacket(requestOf(2, OperationNumber.sync));
    two.link.sendPacket(sync);
    three.link.sendPacket(sync);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = ends.learner(one.port, TWO);
    await one.establish(again);
    three.link.send({ type: 'ACK', zxid: one.peer.lastZxid });
    await until(() => packetsOf(three, PacketType.SYNC).length === 1);
    again.link.sendPacket(sync);
    await until(() => packetsOf(again, PacketType.SYNC).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(packetsOf(again, PacketType.SYNC)).toHaveLength(1);
  });
});

describe('what comes in one chunk', () => {
  it('is proposed together, in order, and a sync among it waits for what came before it alone', async () => {
    const one = await leader();
    const two = ends.learner(one.port, TWO);
    await one.establish(two);
    const sync = requestPacket(requestOf(0, OperationNumber.sync));
    // What is sent in one turn comes in one chunk.
    for (const packet of [requestOf(1), requestOf(2)]) two.link.sendPacket(requestPacket(packet));
    two.link.sendPacket(sync);
    two.link.sendPacket(requestPacket(requestOf(3)));
    await until(() => typesOf(two).at(-1) === 'PROPOSAL');
    const proposals = messagesOf(two.reports).filter(({ type }) => type === 'PROPOSAL');
    expect(proposals).toMatchObject([
      { transactions: [1, 2, 3].map((counter) => ({ zxid: { epoch: 1, counter } })) },
    ]);
    two.link.send({ type: 'ACK', zxid: { epoch: 1, counter: 1 } });
    await until(() => one.applied.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(packetsOf(two, PacketType.SYNC)).toHaveLength(0);
    two.link.send({ type: 'ACK', zxid: { epoch: 1, counter: 2 } });
    await until(() => packetsOf(two, PacketType.SYNC).length === 1);
    expect(one.applied.map(({ header }) => header.cxid)).toEqual([1, 2]);
  });
});

describe('sessions', () => {
  const SESSION = 7n;
  const TIMEOUT_MS = 400;

  /** A leader that serves, with a session that is silent. */
  async function withSession(): Promise<LeadingServer> {
    const one = await leader(new ServiceState(DataTree.initial(), new Map([[SESSION, TIMEOUT_MS]])));
    await one.establish(ends.learner(one.port, TWO));
    return one;
  }

  function isClosing({ peer }: LeadingServer): boolean {
    return peer.lastZxid.counter > 0;
  }

  it('expire when they are silent for their timeout', async () => {
    const one = await withSession();
    const begun = performance.now();
    while (!isClosing(one)) {
      one.leading.tick();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(performance.now() - begun).toBeGreaterThan(TIMEOUT_MS);
  });

  it('are over for a server that asks behind the request which closes them, in the same chunk', async () => {
    const one = await leader(new ServiceState(DataTree.initial(), new Map([[SESSION, TIMEOUT_MS]])));
    const two = ends.learner(one.port, TWO);
    await one.establish(two);
    const question = { sessionId: SESSION, timeoutMs: TIMEOUT_MS };
    const answers = async (count: number): Promise<readonly unknown[]> => {
      await until(() => packetsOf(two, PacketType.REVALIDATE).length === count);
      return packetsOf(two, PacketType.REVALIDATE);
    };
    two.link.sendPacket(revalidatePacket(question));
    const yes = revalidatedPacket(SESSION, true).data;
    const no = revalidatedPacket(SESSION, false).data;
    expect(await answers(1)).toMatchObject([['packet', { data: new Uint8Array(yes ?? []) }]]);
    two.link.sendPacket(requestPacket(requestOf(1, OperationNumber.closeSession)));
    two.link.sendPacket(revalidatePacket(question));
    expect((await answers(2)).at(-1)).toMatchObject(['packet', { data: new Uint8Array(no ?? []) }]);
  });

  it('do not expire because the leader stood still', async () => {
    const one = await withSession();
    one.leading.tick();
    const real = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => real() + 3_600_000);
    one.leading.tick();
    one.leading.tick();
    expect(isClosing(one)).toBe(false);
  });
});

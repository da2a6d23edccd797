/** What a leader tells its observers, over loopback, and what it makes of what they say. */
import { afterEach, describe, expect, it } from 'vitest';

import { serverId } from '../protocol/ensemble.ts';
import type { LeaderMessage } from '../protocol/messages.ts';
import { OperationNumber } from '../wire/client-request.ts';
import { PacketType } from '../wire/quorum-packet.ts';
import { Ends, messagesOf, z, type LearnerEnd, type Report } from './quorum/testing/ends.ts';
import { requestPacket } from './service-packets.ts';
import { LeadingServer } from './testing/leading-server.ts';
import { until } from './testing/loopback.ts';

const TWO = serverId(2);
const [FOUR, FIVE] = [serverId(4), serverId(5)];
const ends = new Ends();

afterEach(() => ends.close());

async function leader(): Promise<LeadingServer> {
  const server = await LeadingServer.start();
  ends.onClose(() => server.close());
  return server;
}

function observer({ port }: LeadingServer, id = FOUR): LearnerEnd {
  return ends.learner(port, id, { observer: true });
}

/** As types, with the counters of transactions behind them. */
function heard({ reports }: LearnerEnd): string[] {
  return messagesOf(reports).flatMap(named);
}

function named(message: LeaderMessage): string[] {
  if (message.type === 'PROPOSAL')
    return [...message.transactions].map(({ zxid }) => `PROPOSAL ${zxid.counter}`);
  return [message.type === 'COMMIT' ? `COMMIT ${message.zxid.counter}` : message.type];
}

/** Those come whenever time has passed. */
function isPing([event, what]: Report): boolean {
  return (
    event === 'packet' &&
    typeof what === 'object' &&
    what !== null &&
    'type' in what &&
    what.type === PacketType.PING
  );
}

const pause = (ms = 50): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A transaction that changes nothing: what is to be deleted is not there. */
function propose({ leading }: LeadingServer): void {
  leading.submit({
    sessionId: 7n,
    cxid: 1,
    type: OperationNumber.delete,
    body: new Uint8Array(0),
    auth: [],
  });
}

/** A leader that serves, with one follower; what that one does not acknowledge is not committed. */
async function established(): Promise<{ readonly one: LeadingServer; readonly two: LearnerEnd }> {
  const one = await leader();
  const two = ends.learner(one.port, TWO);
  await one.establish(two);
  return { one, two };
}

describe('an observer', () => {
  it('hears nothing before the epoch is established, and completes no quorum', async () => {
    const one = await leader();
    const observers = [observer(one), observer(one, FIVE)];
    await until(() => observers.every(({ reports }) => reports.length === 1));
    await pause();
    expect(one.peer.acceptedEpoch).toBe(0);
    const two = ends.learner(one.port, TWO);
    await one.establish(two);
    await until(() => observers.every((end) => heard(end).length === 1));
    expect(observers.map(heard)).toEqual([['LEADERINFO'], ['LEADERINFO']]);
  });

  it('is told of a transaction when it is committed, with the whole of it, and not before', async () => {
    const { one, two } = await established();
    const four = observer(one);
    await one.establish(four);
    propose(one);
    await until(() => heard(two).at(-1) === 'PROPOSAL 1');
    await pause();
    expect(heard(four)).toEqual(['LEADERINFO', 'DIFF', 'NEWLEADER', 'UPTODATE']);
    two.link.send({ type: 'ACK', zxid: z(1, 1) });
    await until(() => heard(four).length === 6);
    expect(heard(four).slice(4)).toEqual(['PROPOSAL 1', 'COMMIT 1']);
    const [atTwo, atFour] = [two, four].map(({ reports }) =>
      messagesOf(reports).find(({ type }) => type === 'PROPOSAL'),
    );
    expect(atFour).toEqual(atTwo);
  });

  it('that comes while proposals are under way is told of each when it is committed', async () => {
    const { one, two } = await established();
    for (let i = 0; i < 3; i++) propose(one);
    await until(() => heard(two).at(-1) === 'PROPOSAL 3');
    two.link.send({ type: 'ACK', zxid: z(1, 1) });
    await until(() => one.applied.length === 1);
    const four = observer(one);
    await until(() => heard(four).at(-1) === 'LEADERINFO');
    four.link.send({ type: 'ACKEPOCH', epoch: 0, zxid: z(0, 0) });
    await until(() => heard(four).at(-1) === 'NEWLEADER');
    two.link.send({ type: 'ACK', zxid: z(1, 2) });
    await until(() => heard(four).at(-1) === 'COMMIT 2');
    four.link.send({ type: 'ACK', zxid: z(1, 0) });
    await until(() => heard(four).at(-1) === 'UPTODATE');
    two.link.send({ type: 'ACK', zxid: z(1, 3) });
    await until(() => heard(four).at(-1) === 'COMMIT 3');
    expect(heard(four).slice(1)).toEqual([
      ...['DIFF', 'PROPOSAL 1', 'COMMIT 1', 'NEWLEADER'],
      ...['PROPOSAL 2', 'COMMIT 2', 'UPTODATE', 'PROPOSAL 3', 'COMMIT 3'],
    ]);
  });

  it('acknowledges, and nothing is committed by that', async () => {
    const { one } = await established();
    const four = observer(one);
    await one.establish(four);
    propose(one);
    await until(() => one.peer.lastZxid.counter === 1);
    // Ours would not say it: its link keeps acknowledgements of transactions back.
    four.link.sendPacket({ type: PacketType.ACK, zxid: z(1, 1), data: null, authinfo: [] });
    await pause(100);
    expect(one.applied).toEqual([]);
    expect(heard(four).at(-1)).toBe('UPTODATE');
  });

  it('is not one of those without whom a leader gives up', async () => {
    const { one, two } = await established();
    await one.establish(observer(one));
    await one.establish(observer(one, FIVE));
    two.link.close();
    await pause();
    one.leading.tick();
    expect(one.abandoned).toEqual(['timeout']);
  });

  it('that goes costs nobody anything, and may come again', async () => {
    const { one, two } = await established();
    const four = observer(one);
    await one.establish(four);
    four.link.close();
    await pause();
    one.leading.tick();
    propose(one);
    await until(() => heard(two).at(-1) === 'PROPOSAL 1');
    two.link.send({ type: 'ACK', zxid: z(1, 1) });
    await until(() => one.applied.length === 1);
    const again = observer(one);
    await one.establish(again);
    expect(heard(again)).toContain('PROPOSAL 1');
    expect(one.abandoned).toEqual([]);
  });

  it('that says what makes no sense is refused, alone, and may come again', async () => {
    const { one, two } = await established();
    const four = observer(one);
    await until(() => heard(four).at(-1) === 'LEADERINFO');
    four.link.send({ type: 'ACKEPOCH', epoch: 7, zxid: z(9, 1) });
    await until(() => four.reports.at(-1)?.[0] === 'disconnected');
    await one.establish(observer(one));
    expect(heard(two).at(-1)).toBe('UPTODATE');
    expect(one.abandoned).toEqual([]);
  });

  it('gets the answer to a sync behind what was committed before it asked', async () => {
    const { one, two } = await established();
    const four = observer(one);
    await one.establish(four);
    propose(one);
    await until(() => heard(two).at(-1) === 'PROPOSAL 1');
    const { reports } = four;
    four.link.sendPacket(
      requestPacket({
        sessionId: 7n,
        cxid: 2,
        type: OperationNumber.sync,
        body: new Uint8Array(0),
        auth: [],
      }),
    );
    await pause();
    const before = reports.length;
    const since = (): Report[] => reports.slice(before).filter((report) => !isPing(report));
    two.link.send({ type: 'ACK', zxid: z(1, 1) });
    await until(() => since().length === 3);
    expect(since().map(([event]) => event)).toEqual(['message', 'message', 'packet']);
  });
});

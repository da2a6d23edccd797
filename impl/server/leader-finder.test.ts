/** An observer among servers that elect a leader, over loopback. */
import { afterEach, describe, expect, it } from 'vitest';

import type { Claim } from '../election/vote.ts';
import { serverId, type ServerId } from '../protocol/ensemble.ts';
import type { Address, Notification } from '../wire/notification.ts';
import { ElectionHost } from './election-host.ts';
import { ElectionNetwork } from './election-network.ts';
import { LeaderFinder } from './leader-finder.ts';
import { SILENT } from './logger.ts';
import { addressesOf, until } from './testing/loopback.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

type Addresses = ReadonlyMap<ServerId, readonly Address[]>;

/** Those with the ids 2, 3 and 4 vote: others have smaller and larger ids than an observer. */
const VOTERS = [2, 3, 4].map(serverId);
const OBSERVERS = [1, 5].map(serverId);

const NOTHING: Claim = { epoch: 0, zxid: { epoch: 0, counter: 0 } };

interface Seat<Host> {
  readonly host: Host;
  /** Whom it was told to follow, in order. */
  readonly elected: ServerId[];
}

function common(myId: ServerId, addresses: Addresses, elected: ServerId[]) {
  return {
    myId,
    voters: VOTERS,
    addresses,
    configuration: 'version=0',
    logger: SILENT,
    elected: (leader: ServerId) => elected.push(leader),
  };
}

async function voter(id: ServerId, addresses: Addresses): Promise<Seat<ElectionHost>> {
  const elected: ServerId[] = [];
  const times = { finalizeWait: 50, repeatMin: 20, repeatMax: 1000 };
  const host = await ElectionHost.open({ ...common(id, addresses, elected), own: NOTHING, times });
  open.push(host);
  return { host, elected };
}

async function observer(id: ServerId, addresses: Addresses): Promise<Seat<LeaderFinder>> {
  const elected: ServerId[] = [];
  const times = { repeatMin: 20, repeatMax: 100 };
  const host = await LeaderFinder.open({ ...common(id, addresses, elected), times });
  open.push(host);
  return { host, elected };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(OBSERVERS)('observer %i', (id) => {
  it('finds the leader, and the next one when it has lost it', async () => {
    const addresses = await addressesOf(5);
    const { host, elected } = await observer(id, addresses);
    const [two, three, four] = await Promise.all([
      voter(serverId(2), addresses),
      voter(serverId(3), addresses),
      voter(serverId(4), addresses),
    ]);
    await until(() => elected.length === 1);
    expect(elected).toEqual([4]);
    await four.host.close();
    host.abandoned();
    await pause(100);
    expect(elected).toEqual([4]);
    two.host.abandoned(NOTHING);
    three.host.abandoned(NOTHING);
    await until(() => elected.length === 2);
    expect(elected).toEqual([4, 3]);
  });
});

it('observers do not make a quorum', async () => {
  const addresses = await addressesOf(5);
  const seats = await Promise.all(OBSERVERS.map((id) => observer(id, addresses)));
  const two = await voter(serverId(2), addresses);
  await pause(300);
  expect(two.host.role).toBe('LOOKING');
  expect(seats.flatMap(({ elected }) => elected)).toEqual([]);
});

it('an observer asks as one that has no vote, and asks no more when it knows', async () => {
  const addresses = await addressesOf(5);
  const heard: Notification[] = [];
  const network = await ElectionNetwork.open({
    myId: serverId(2),
    addresses,
    timeoutMs: 1000,
    receive: (_from, notification) => heard.push(notification),
    logger: SILENT,
  });
  open.push(network);
  const { elected } = await observer(serverId(5), addresses);
  await until(() => heard.length > 1);
  expect(heard[0]).toEqual({
    state: 'LOOKING',
    leader: -(2n ** 63n),
    zxid: { epoch: 2 ** 31, counter: 0 },
    electionEpoch: 1n,
    peerEpoch: -(2n ** 63n),
    configuration: 'version=0',
  });
  await Promise.all([voter(serverId(3), addresses), voter(serverId(4), addresses)]);
  await until(() => elected.length === 1);
  await pause(50);
  const { length } = heard;
  await pause(250);
  expect(heard.filter(({ leader }) => leader < 0n)).toHaveLength(
    heard.slice(0, length).filter(({ leader }) => leader < 0n).length,
  );
});

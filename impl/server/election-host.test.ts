import { afterEach, describe, expect, it } from 'vitest';

import type { Claim } from '../election/vote.ts';
import { serverId, type ServerId } from '../protocol/ensemble.ts';
import type { Address, Notification } from '../wire/notification.ts';
import { ElectionHost, type ElectionTimes } from './election-host.ts';
import { ElectionNetwork } from './election-network.ts';
import { SILENT } from './logger.ts';
import { addressesOf, until } from './testing/loopback.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const EMPTY: Claim = { epoch: 0, zxid: { epoch: 0, counter: 0 } };

type Addresses = ReadonlyMap<ServerId, readonly Address[]>;

interface Seat {
  readonly id: ServerId;
  readonly host: ElectionHost;
  /** Whom it was told to follow, in order. */
  readonly elected: ServerId[];
}

/** One that votes, of those with the ids 1, 2 and 3. */
async function seat(number: number, addresses: Addresses, own = EMPTY): Promise<Seat> {
  const id = serverId(number);
  const elected: ServerId[] = [];
  const host = await ElectionHost.open({
    myId: id,
    voters: [1, 2, 3].map(serverId),
    addresses,
    own,
    configuration: 'version=0',
    times: { finalizeWait: 50, repeatMin: 20, repeatMax: 1000 },
    logger: SILENT,
    elected: (leader) => elected.push(leader),
  });
  open.push(host);
  return { id, host, elected };
}

async function close({ host }: Seat): Promise<void> {
  open.splice(open.indexOf(host), 1);
  await host.close();
}

async function agree(seats: readonly Seat[], leader: number, times = 1): Promise<void> {
  await until(() => seats.every(({ elected }) => elected.length === times));
  for (const { id, elected, host } of seats) {
    expect(elected.at(-1)).toBe(leader);
    expect(host.role).toBe(id === leader ? 'LEADING' : 'FOLLOWING');
  }
}

describe('three servers', () => {
  it('elect the one with the largest claim, and each is told once', async () => {
    const addresses = await addressesOf(3);
    const longer: Claim = { epoch: 1, zxid: { epoch: 1, counter: 7 } };
    const seats = await Promise.all([
      seat(1, addresses),
      seat(2, addresses, longer),
      seat(3, addresses, { ...longer, zxid: { epoch: 1, counter: 6 } }),
    ]);
    await agree(seats, 2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await agree(seats, 2);
  });

  it('let one that was killed and starts again join the leader that there is', async () => {
    const addresses = await addressesOf(3);
    const [one, two, three] = await Promise.all([seat(1, addresses), seat(2, addresses), seat(3, addresses)]);
    await agree([one, two, three], 3);
    await close(two);
    const epoch = { epoch: 1, zxid: { epoch: 0, counter: 0 } };
    one.host.served(epoch);
    three.host.served(epoch);
    const again = await seat(2, addresses);
    await agree([again], 3);
    expect([one.elected, three.elected]).toEqual([[3], [3]]);
  });

  it('elect another one when the leader is gone', async () => {
    const addresses = await addressesOf(3);
    const [one, two, three] = await Promise.all([seat(1, addresses), seat(2, addresses), seat(3, addresses)]);
    await agree([one, two, three], 3);
    await close(three);
    two.host.abandoned(EMPTY);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(two.host.role).toBe('LOOKING');
    // What it holds now counts, not what it held at the start.
    one.host.abandoned({ epoch: 1, zxid: { epoch: 1, counter: 1 } });
    await agree([one, two], 1, 2);
  });

  it('answer one that does not vote, and do not count it', async () => {
    const addresses = await addressesOf(4);
    const [one, two] = await Promise.all([seat(1, addresses), seat(2, addresses)]);
    const answers: Notification[] = [];
    const observer = await ElectionNetwork.open({
      myId: serverId(4),
      addresses,
      timeoutMs: 1000,
      receive: (_from, notification) => answers.push(notification),
      logger: SILENT,
    });
    open.push(observer);
    await agree([one, two], 2);
    const least = -(2n ** 63n);
    observer.send(one.id, {
      state: 'LOOKING',
      leader: least,
      zxid: { epoch: 2 ** 31, counter: 0 },
      electionEpoch: 9n,
      peerEpoch: least,
      configuration: '',
    });
    await until(() => answers.length > 0);
    expect(answers).toMatchObject([{ state: 'FOLLOWING', leader: 2n, electionEpoch: 1n, peerEpoch: 0n }]);
    await agree([one, two], 2);
  });
});

describe('a server that looks', () => {
  /** A server of the ensemble by hand, and what it hears from the one that is tested. */
  async function byHand(number: number, addresses: Addresses) {
    const heard: Notification[] = [];
    const network = await ElectionNetwork.open({
      myId: serverId(number),
      addresses,
      timeoutMs: 1000,
      receive: (_from, notification) => heard.push(notification),
      logger: SILENT,
    });
    open.push(network);
    const say = (part: Partial<Notification>): void => {
      network.send(serverId(1), {
        state: 'LOOKING',
        leader: BigInt(number),
        zxid: { epoch: 0, counter: 0 },
        electionEpoch: 1n,
        peerEpoch: 0n,
        configuration: '',
        ...part,
      });
    };
    return { heard, say };
  }

  const SLOW = { repeatMin: 60_000, repeatMax: 60_000 };

  async function looking(
    addresses: Addresses,
    own: Claim,
    times: Partial<ElectionTimes> = SLOW,
    elected: ServerId[] = [],
  ): Promise<ElectionHost> {
    const host = await ElectionHost.open({
      myId: serverId(1),
      voters: [1, 2, 3].map(serverId),
      addresses,
      own,
      configuration: 'version=0',
      times: { finalizeWait: 50, ...times },
      logger: SILENT,
      elected: (leader) => elected.push(leader),
    });
    open.push(host);
    return host;
  }

  const LONG: Claim = { epoch: 1, zxid: { epoch: 1, counter: 1 } };

  it('tells its vote at once to one that is behind, each time', async () => {
    const addresses = await addressesOf(3);
    const two = await byHand(2, addresses);
    const host = await looking(addresses, LONG);
    await until(() => two.heard.length === 1);
    for (const count of [2, 3]) {
      two.say({});
      await until(() => two.heard.length === count);
    }
    expect(two.heard.at(-1)).toMatchObject({ leader: 1n, peerEpoch: 1n, zxid: LONG.zxid });
    expect(host.role).toBe('LOOKING');
  });

  it('reads what has arrived before it ends its wait for a larger vote', async () => {
    const addresses = await addressesOf(3);
    const [two, three] = [await byHand(2, addresses), await byHand(3, addresses)];
    const elected: ServerId[] = [];
    await looking(addresses, LONG, { ...SLOW, finalizeWait: 200 }, elected);
    await until(() => two.heard.length === 1 && three.heard.length === 1);
    const vote = { leader: 1n, peerEpoch: 1n, zxid: LONG.zxid };
    three.say({});
    two.say(vote);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // The process stands still until after the end of the wait.
    three.say({ peerEpoch: 2n });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    await until(() => elected.length > 0);
    expect(elected).toEqual([3]);
  });

  it('says its vote again, later and later, until it has a leader', async () => {
    const addresses = await addressesOf(3);
    const two = await byHand(2, addresses);
    await looking(addresses, LONG, { repeatMin: 20, repeatMax: 80 });
    const begin = Date.now();
    await until(() => two.heard.length === 6);
    // Said at once, and after 20, 40, 80, 80 and 80 milliseconds more.
    expect(Date.now() - begin).toBeGreaterThan(200);
    two.say({ leader: 1n, peerEpoch: 1n, zxid: LONG.zxid });
    await until(() => two.heard.length > 6);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const { length } = two.heard;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(two.heard).toHaveLength(length);
  });

  it.each([
    ['an epoch that is none', { peerEpoch: 2n ** 32n }],
    ['a round past all that are counted', { electionEpoch: 2n ** 60n }],
    ['a leader that no server can be', { leader: 2n ** 60n }],
    ['a zxid of a log that was not read', { zxid: { epoch: 2 ** 32 - 1, counter: 2 ** 32 - 1 } }],
    ['the word of one that observes', { state: 'OBSERVING' as const }],
  ])('ignores %s', async (_what, part) => {
    const addresses = await addressesOf(3);
    const two = await byHand(2, addresses);
    const host = await looking(addresses, LONG);
    await until(() => two.heard.length === 1);
    two.say({ peerEpoch: 7n, electionEpoch: 5n, ...part });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(two.heard).toHaveLength(1);
    // It is heard when it makes sense.
    two.say({ peerEpoch: 7n, electionEpoch: 5n });
    await until(() => two.heard.length === 2);
    expect(two.heard.at(-1)).toMatchObject({ leader: 2n, electionEpoch: 5n, peerEpoch: 7n });
    expect(host.role).toBe('LOOKING');
  });
});

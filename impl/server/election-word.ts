/** What the election says and hears, as ZooKeeper's servers write it: words as notifications. */
import { isUint32, MAX_UINT32, zxidOf } from '../broadcast/zxid.ts';
import type { Word } from '../election/vote.ts';
import { serverId } from '../protocol/ensemble.ts';
import type { Notification } from '../wire/notification.ts';

/** Rounds that are believed: far more than any server goes through, and adding one to them is exact. */
const ROUND_MAX = 2 ** 52;

export function notificationOf({ state, round, vote }: Word, configuration: string): Notification {
  return {
    state,
    leader: BigInt(vote.leader),
    zxid: vote.zxid,
    electionEpoch: BigInt(round),
    peerEpoch: BigInt(vote.epoch),
    configuration,
  };
}

/** The least of all numbers, by which an observer names nobody, nothing and no epoch. */
const NOBODY = -(2n ** 63n);

/** What an observer asks those that vote: who is your leader? */
export function questionOf(round: number, configuration: string): Notification {
  return {
    state: 'LOOKING',
    leader: NOBODY,
    zxid: zxidOf(2 ** 31, 0),
    electionEpoch: BigInt(round),
    peerEpoch: NOBODY,
    configuration,
  };
}

/**
 * What a server of the ensemble says. undefined when it is no word of somebody who votes: an observer names nobody, by
 * the least of all numbers, and a server whose log is not read yet gives its zxid as -1.
 */
export function wordOf({ state, leader, zxid, electionEpoch, peerEpoch }: Notification): Word | undefined {
  const round = Number(electionEpoch);
  const epoch = Number(peerEpoch);
  if (state === 'OBSERVING' || leader < 1n || leader > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  if (round < 1 || round > ROUND_MAX || !isUint32(epoch)) return undefined;
  if (zxid.epoch === MAX_UINT32 && zxid.counter === MAX_UINT32) return undefined;
  return { state, round, vote: { leader: serverId(Number(leader)), epoch, zxid } };
}

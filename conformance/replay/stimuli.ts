/**
 * The closed list of what can happen to a peer, whatever it is doing: the specification allows a step for each, or the
 * peer must not act on it.
 */
import { EMPTY_HISTORY, lastZxidOf } from '../../impl/broadcast/history.ts';
import type { Transaction } from '../../impl/broadcast/transaction.ts';
import { ZERO_ZXID, zxid } from '../../impl/broadcast/zxid.ts';
import type { ServerId } from '../../impl/protocol/ensemble.ts';
import type { Event } from '../../impl/protocol/events.ts';
import { NOT_COUNTED, type Message } from '../../impl/protocol/messages.ts';
import type { PeerSnapshot } from '../../impl/protocol/snapshot.ts';
import type { Value } from '../tla/values/value.ts';
import type { Vocabulary } from './vocabulary.ts';

export type Stimulus =
  /** What an action of the specification stands for. */
  | {
      readonly kind: 'action';
      readonly event: Event;
      readonly action: string;
      readonly args: readonly Value[];
    }
  /** What can happen, but says nothing to a peer that is where this one is. */
  | { readonly kind: 'nothing'; readonly event: Event }
  /** A message from another server. */
  | { readonly kind: 'message'; readonly event: Event; readonly from: number; readonly message: Message };

/** All stimuli of a peer with this snapshot. */
export function stimuliOf(
  server: number,
  peer: PeerSnapshot,
  ids: readonly ServerId[],
  words: Vocabulary,
): Stimulus[] {
  const self = valueAt(words.servers, server);
  const { role } = peer;
  const stimuli: Stimulus[] = [
    { kind: 'action', event: { type: 'timeout' }, action: 'Abandon', args: [self] },
  ];
  for (const epoch of [peer.acceptedEpoch - 1, peer.acceptedEpoch + 1]) {
    if (epoch >= 0) stimuli.push({ kind: 'nothing', event: { type: 'currentEpochStored', epoch } });
  }
  const action = (event: Event, name: string, ...rest: Value[]): void => {
    stimuli.push({ kind: 'action', event, action: name, args: [self, ...rest] });
  };
  action({ type: 'currentEpochStored', epoch: peer.acceptedEpoch }, 'StoreCurrentEpoch');
  ids.forEach((id, other) => {
    const value = valueAt(words.servers, other);
    action({ type: 'elected', leader: id }, 'Elected', value);
    if (other === server) return;
    const disconnected: Event = { type: 'disconnected', peer: id };
    if (role.role === 'LEADING') action(disconnected, 'LoseLearner', value);
    else if (role.role === 'FOLLOWING' && role.leader === id) action(disconnected, 'Abandon');
    else stimuli.push({ kind: 'nothing', event: disconnected });
    if (!wantsConnection(peer, id, other))
      stimuli.push({ kind: 'nothing', event: { type: 'connected', peer: id } });
    for (const message of messagesFor(peer, words)) {
      stimuli.push({ kind: 'message', event: { type: 'message', from: id, message }, from: other, message });
    }
  });
  words.requests.forEach((payloads, i) => {
    action({ type: 'propose', payloads }, 'Propose', valueAt(words.values, i));
  });
  const { transactions } = peer.history;
  for (let length = 0; length <= transactions.length; length += 1) {
    const last = transactions[length - 1]?.zxid ?? ZERO_ZXID;
    action({ type: 'logDurable', zxid: last }, 'Sync', length);
  }
  return stimuli;
}

/** Could the network bring a connection with that server up? */
function wantsConnection({ role }: PeerSnapshot, id: ServerId, other: number): boolean {
  if (role.role === 'FOLLOWING') return role.leader === id && role.stage === 'NONE';
  return role.role === 'LEADING' && role.learners[other]?.stage === 'NONE';
}

/** A message of each type, and some whose content nobody correct would send. */
function messagesFor(peer: PeerSnapshot, words: Vocabulary): Message[] {
  const epoch = peer.acceptedEpoch;
  const { base, transactions } = peer.history;
  const last = lastZxidOf(peer.history);
  const older = Math.max(0, epoch - 1);
  const unknown = zxid(epoch + 7, 7);
  const payload = words.payloads[0] ?? new Uint8Array(0);
  return [
    { type: 'FOLLOWERINFO', epoch: -1 },
    { type: 'FOLLOWERINFO', epoch: 0 },
    { type: 'FOLLOWERINFO', epoch: epoch + 1 },
    { type: 'LEADERINFO', epoch: 0 },
    { type: 'LEADERINFO', epoch },
    { type: 'LEADERINFO', epoch: epoch + 1 },
    { type: 'ACKEPOCH', epoch: 0, zxid: ZERO_ZXID },
    { type: 'ACKEPOCH', epoch: 0, zxid: zxid(epoch + 1, 1) },
    { type: 'ACKEPOCH', epoch, zxid: last },
    { type: 'ACKEPOCH', epoch: NOT_COUNTED, zxid: last },
    { type: 'DIFF' },
    { type: 'TRUNC', zxid: ZERO_ZXID },
    { type: 'TRUNC', zxid: unknown },
    { type: 'SNAP', history: EMPTY_HISTORY },
    {
      type: 'SNAP',
      history: { base, transactions: [...transactions, { zxid: zxid(epoch + 1, 1), payload }] },
    },
    { type: 'SNAP', history: { base, transactions: [...transactions, { zxid: ZERO_ZXID, payload }] } },
    { type: 'SNAP', history: peer.history },
    proposal({ zxid: zxid(Math.max(1, older), 9), payload }),
    proposal({ zxid: zxid(Math.max(1, epoch), 9), payload }),
    proposal({ zxid: zxid(epoch + 1, 1), payload }),
    ...transactions.slice(-1).map(proposal),
    { type: 'COMMIT', zxid: last },
    { type: 'COMMIT', zxid: unknown },
    { type: 'NEWLEADER', zxid: zxid(older, 0) },
    { type: 'NEWLEADER', zxid: zxid(epoch, 0) },
    { type: 'NEWLEADER', zxid: zxid(epoch + 1, 0) },
    { type: 'ACK', zxid: zxid(older, 0) },
    { type: 'ACK', zxid: zxid(epoch, 0) },
    { type: 'ACK', zxid: zxid(epoch + 1, 0) },
    { type: 'ACK', zxid: last },
    { type: 'ACK', zxid: unknown },
    { type: 'UPTODATE' },
  ];
}

function valueAt(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new RangeError(`there is no value ${index}`);
  return value;
}

function proposal(transaction: Transaction): Message {
  return { type: 'PROPOSAL', transactions: [transaction] };
}

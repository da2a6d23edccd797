/**
 * What a transaction costs the peers of an ensemble of three in the steady state, disk and network left out:
 * impl/protocol. Events are given in batches as a loaded server gets them.
 */
import { TransactionRun } from '../../impl/broadcast/transaction-run.ts';
import type { Zxid } from '../../impl/broadcast/zxid.ts';
import { serverId, type ServerId } from '../../impl/protocol/ensemble.ts';
import type { Event } from '../../impl/protocol/events.ts';
import type { LeaderMessage } from '../../impl/protocol/messages.ts';
import { Peer } from '../../impl/protocol/peer.ts';
import { inMemory, type Part } from './part.ts';
import { transactionsOf } from './transactions.ts';

const EPOCH = 1;
const leaderId = serverId(1);
const followerIds = [serverId(2), serverId(3)] as const;
const ensemble = [leaderId, ...followerIds];

/** A peer keeps its history since the snapshot before the last one; here it forgets after so many transactions. */
const HISTORY_MAX = 10_000;
const BATCH_SIZES = [1, 100] as const;

export const peerParts: readonly Part[] = BATCH_SIZES.flatMap((size) => [
  inMemory(`peer, leader: propose, sync, acknowledge, ${size} at a time`, 'transaction', size, () =>
    leading(size),
  ),
  inMemory(`peer, follower: append, sync, commit, ${size} at a time`, 'transaction', size, () =>
    following(size),
  ),
]);

/** What lockstep pays for one edge of the state graph. */
export const lockstepPart = inMemory('peer: restore, propose, snapshot', 'step', 1, () => {
  const origin = establishedLeader().snapshot();
  const peer = new Peer({ id: leaderId, ensemble });
  const { payloads } = transactionsOf(EPOCH, 1);
  return () => {
    peer.restore(origin);
    peer.step({ type: 'propose', payloads });
    if (peer.snapshot().history.transactions.length !== 1) throw new Error('what is proposed is appended');
  };
});

/** A batch is proposed, is on disk, and is acknowledged by both followers. */
function leading(size: number): () => void {
  const peer = establishedLeader();
  const history = new BoundedHistory(peer);
  const { payloads } = transactionsOf(EPOCH, size);
  return () => {
    const { last: zxid } = history.next(size);
    peer.step({ type: 'propose', payloads });
    peer.step({ type: 'logDurable', zxid });
    let delivered = 0;
    for (const from of followerIds) {
      delivered += deliveries(peer, { type: 'message', from, message: { type: 'ACK', zxid } });
    }
    if (delivered !== size) throw new Error(`${delivered} of ${size} acknowledged proposals were delivered`);
  };
}

/** A batch of proposals comes, is on disk, and is committed. */
function following(size: number): () => void {
  const peer = establishedFollower();
  const history = new BoundedHistory(peer);
  const { payloads } = transactionsOf(EPOCH, size);
  return () => {
    const { first, last: zxid } = history.next(size);
    peer.step(fromLeader({ type: 'PROPOSAL', transactions: new TransactionRun(first, payloads) }));
    peer.step({ type: 'logDurable', zxid });
    const delivered = deliveries(peer, fromLeader({ type: 'COMMIT', zxid }));
    if (delivered !== size) throw new Error(`${delivered} of ${size} committed proposals were delivered`);
  };
}

function deliveries(peer: Peer, event: Event): number {
  let count = 0;
  for (const effect of peer.step(event)) if (effect.type === 'deliver') count += effect.transactions.length;
  return count;
}

/** Says which zxids come next, and has the peer forget now and then, as after a snapshot. */
class BoundedHistory {
  readonly #peer: Peer;
  #counter = 0;
  #forgotten = 0;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  next(count: number): { readonly first: Zxid; readonly last: Zxid } {
    if (this.#counter - this.#forgotten >= HISTORY_MAX) {
      this.#peer.step({ type: 'compacted', zxid: { epoch: EPOCH, counter: this.#counter } });
      this.#forgotten = this.#counter;
    }
    const first = { epoch: EPOCH, counter: this.#counter + 1 };
    this.#counter += count;
    return { first, last: { epoch: EPOCH, counter: this.#counter } };
  }
}

function fromLeader(message: LeaderMessage): Event {
  return { type: 'message', from: leaderId, message };
}

function establishedLeader(): Peer {
  const from = (follower: ServerId): Event[] => [
    { type: 'connected', peer: follower },
    { type: 'message', from: follower, message: { type: 'FOLLOWERINFO', epoch: 0 } },
  ];
  const answers = (follower: ServerId): Event => {
    const message = { type: 'ACKEPOCH', epoch: 0, zxid: { epoch: 0, counter: 0 } } as const;
    return { type: 'message', from: follower, message };
  };
  const acknowledges = (follower: ServerId): Event => {
    const message = { type: 'ACK', zxid: { epoch: EPOCH, counter: 0 } } as const;
    return { type: 'message', from: follower, message };
  };
  return established(leaderId, [
    { type: 'elected', leader: leaderId },
    ...followerIds.flatMap(from),
    ...followerIds.map(answers),
    { type: 'currentEpochStored', epoch: EPOCH },
    ...followerIds.map(acknowledges),
  ]);
}

function establishedFollower(): Peer {
  return established(followerIds[0], [
    { type: 'elected', leader: leaderId },
    { type: 'connected', peer: leaderId },
    fromLeader({ type: 'LEADERINFO', epoch: EPOCH }),
    fromLeader({ type: 'DIFF' }),
    fromLeader({ type: 'NEWLEADER', zxid: { epoch: EPOCH, counter: 0 } }),
    { type: 'currentEpochStored', epoch: EPOCH },
    fromLeader({ type: 'UPTODATE' }),
  ]);
}

/** A peer that starts with nothing, and to which this happens. */
function established(id: ServerId, events: readonly Event[]): Peer {
  const peer = new Peer({ id, ensemble });
  for (const event of events) peer.step(event);
  const { role, phase } = peer.project();
  if (phase !== 'BROADCAST') throw new Error(`server ${id} is ${role} in ${phase}, not in BROADCAST`);
  return peer;
}

/**
 * What one step of a peer costs, disk and network left out: `npm run bench`.
 *
 * Two things are measured beside each other. A commit in the steady state (propose, sync, one acknowledgement) is what
 * the hot path adds to the disk and the network. Restore, step and snapshot is what lockstep pays for one edge.
 */
import { Bench } from 'tinybench';
import { serverId } from '../../impl/protocol/ensemble.ts';
import type { Event } from '../../impl/protocol/events.ts';
import { Peer } from '../../impl/protocol/peer.ts';
import type { Zxid } from '../../impl/broadcast/zxid.ts';

const PAYLOAD = new Uint8Array(100);
/** After so many commits a peer begins anew, since it keeps its whole history in memory. */
const COMMITS_MAX = 10_000;

const EPOCH = 1;
const leaderId = serverId(1);
const followerId = serverId(2);
const config = { id: leaderId, ensemble: [leaderId, followerId, serverId(3)] };

/** The events that bring a server of three from its start to leading in the broadcast phase, with one follower. */
const establishment: readonly Event[] = [
  { type: 'elected', leader: leaderId },
  { type: 'connected', peer: followerId },
  { type: 'message', from: followerId, message: { type: 'FOLLOWERINFO', epoch: 0 } },
  {
    type: 'message',
    from: followerId,
    message: { type: 'ACKEPOCH', epoch: 0, zxid: { epoch: 0, counter: 0 } },
  },
  { type: 'currentEpochStored', epoch: EPOCH },
  { type: 'message', from: followerId, message: { type: 'ACK', zxid: { epoch: EPOCH, counter: 0 } } },
];

function establishedLeader(): Peer {
  const peer = new Peer(config);
  for (const event of establishment) peer.step(event);
  const { phase } = peer.project();
  if (phase !== 'BROADCAST') throw new Error(`the leader is in ${phase}, not in BROADCAST`);
  return peer;
}

let leader = establishedLeader();
let counter = 0;

/** Proposes, syncs, takes one acknowledgement; the transaction must be delivered. */
function commitOne(): void {
  if (counter === COMMITS_MAX) {
    leader = establishedLeader();
    counter = 0;
  }
  counter += 1;
  const zxid: Zxid = { epoch: EPOCH, counter };
  leader.step({ type: 'propose', payload: PAYLOAD });
  leader.step({ type: 'logDurable', zxid });
  const effects = leader.step({ type: 'message', from: followerId, message: { type: 'ACK', zxid } });
  if (effects[0]?.type !== 'deliver') throw new Error('an acknowledged proposal was not delivered');
}

const origin = establishedLeader().snapshot();
const restored = new Peer(config);

function restoreStepSnapshot(): unknown {
  restored.restore(origin);
  restored.step({ type: 'propose', payload: PAYLOAD });
  return restored.snapshot();
}

const bench = new Bench({ time: 1_000 });
bench.add('commit: propose, sync, acknowledge', commitOne);
bench.add('restore, propose, snapshot', restoreStepSnapshot);
await bench.run();
console.table(bench.table());

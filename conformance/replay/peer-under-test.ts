/** The one place that knows by which functions a peer is started, restored and stepped. */
import { ZERO_ZXID } from '../../impl/broadcast/zxid.ts';
import type { Effect } from '../../impl/protocol/effects.ts';
import { serverId, type PeerConfig } from '../../impl/protocol/ensemble.ts';
import type { Event } from '../../impl/protocol/events.ts';
import { Peer } from '../../impl/protocol/peer.ts';
import type { PeerProjection } from '../../impl/protocol/projection.ts';
import type { PeerSnapshot } from '../../impl/protocol/snapshot.ts';
import type { Disk } from './disk.ts';

export interface PeerStep {
  readonly effects: readonly Effect[];
  readonly snapshot: PeerSnapshot;
}

/** The configuration of each server of an ensemble of this size; ids count from 1. */
export function peerConfigs(size: number): PeerConfig[] {
  const ensemble = Array.from({ length: size }, (_, index) => serverId(index + 1));
  return ensemble.map((id) => ({ id, ensemble }));
}

/** One event, given to a peer made from nothing but a snapshot. */
export function stepPeer(config: PeerConfig, snapshot: PeerSnapshot, event: Event): PeerStep {
  const peer = Peer.restore(config, snapshot);
  const effects = peer.step(event);
  return { effects, snapshot: peer.snapshot() };
}

/** A peer that starts from what is on disk. */
export function recoverPeer(config: PeerConfig, disk: Disk): PeerSnapshot {
  const { acceptedEpoch, currentEpoch, history, durable } = disk;
  const content = { base: ZERO_ZXID, transactions: history };
  return Peer.recover(config, { acceptedEpoch, currentEpoch, history: content, durable }).snapshot();
}

/** What a peer with this snapshot says of itself in the spec's words. */
export function projectPeer(config: PeerConfig, snapshot: PeerSnapshot): PeerProjection {
  return Peer.restore(config, snapshot).project();
}

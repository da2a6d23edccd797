/** What the configuration says of a server's role, and of where it listens. */
import { Buffer } from 'node:buffer';

import type { ServerId } from '../protocol/ensemble.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import type { Address } from '../wire/notification.ts';
import type { ServerConfiguration } from './configuration.ts';
import { Following } from './following.ts';
import { Leading } from './leading.ts';
import type { QuorumLimits } from './quorum/limits.ts';
import type { RoleHost } from './role-host.ts';
import { formatEnsemble } from './server-address.ts';
import type { ServerContext } from './server-context.ts';

export function lead(context: ServerContext, configuration: ServerConfiguration): RoleHost {
  const { myId, voters, service, logger } = context;
  return new Leading(context, {
    snapshot: () => ({
      zxid: service.forLearners.lastZxid,
      chunks: snapshotChunks(service.forLearners),
    }),
    listen: listenAddress(configuration, myId, 'quorum'),
    myId,
    voters: new Set(voters),
    observers: new Set([...configuration.servers.keys()].filter((id) => !voters.includes(id))),
    ...limitsOf(configuration),
    configuration: Buffer.from(formatEnsemble(configuration.servers), 'utf8'),
    logger,
  });
}

/** A server that has no vote observes. */
export function follow(
  context: ServerContext,
  configuration: ServerConfiguration,
  leader: ServerId,
): RoleHost {
  const { myId, voters, logger } = context;
  return new Following(context, {
    leader,
    addresses: configuration.servers.get(leader)?.ways.map(({ quorum }) => quorum) ?? [],
    myId,
    observer: !voters.includes(myId),
    ...limitsOf(configuration),
    logger,
  });
}

/** Where a server listens for others: at its first own address, or at all of the machine. */
export function listenAddress(
  { servers, listenOnAllIPs }: ServerConfiguration,
  id: ServerId,
  port: 'quorum' | 'election',
): Address {
  const [way] = servers.get(id)?.ways ?? [];
  if (way === undefined) throw new Error('a server has an address');
  return listenOnAllIPs ? { host: '0.0.0.0', port: way[port].port } : way[port];
}

function limitsOf(configuration: ServerConfiguration): QuorumLimits {
  const { tickTimeMs, initLimit, syncLimit, juteMaxBuffer, juteExtraSize } = configuration;
  return { tickTimeMs, initLimit, syncLimit, dataBytesMax: juteMaxBuffer + juteExtraSize };
}

/** When a server has what its leader has. */
import { askServer } from '../../impl/client/four-letter-word.ts';
import type { Address } from '../../impl/wire/notification.ts';

/** What a server says of itself by the word `srvr`; the zxid as a number, to compare. */
export interface Position {
  readonly mode: string;
  readonly zxid: bigint;
}

/** Undefined while the server serves nobody. */
export function parsePosition(answer: string): Position | undefined {
  const mode = /^Mode: (\w+)$/m.exec(answer)?.[1];
  const zxid = /^Zxid: (0x[0-9a-f]+)$/m.exec(answer)?.[1];
  return mode === undefined || zxid === undefined ? undefined : { mode, zxid: BigInt(zxid) };
}

async function positionOf(server: Address): Promise<Position | undefined> {
  return parsePosition(await askServer(server, 'srvr').catch(() => ''));
}

/**
 * Has the follower applied all that the leader had applied just before? Under load the leader is always a little ahead,
 * so it is asked first.
 */
export async function hasCaughtUp(leader: Address, follower: Address): Promise<boolean> {
  const ahead = await positionOf(leader);
  const behind = await positionOf(follower);
  return ahead !== undefined && behind?.mode === 'follower' && behind.zxid >= ahead.zxid;
}

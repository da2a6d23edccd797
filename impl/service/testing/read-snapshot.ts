/** Reads a snapshot all of which is there, as its format has it. */
import type { Zxid } from '../../broadcast/zxid.ts';
import type { JuteReader } from '../../wire/jute-reader.ts';
import type { ServiceState } from '../service-state.ts';
import { SnapshotParts } from '../snapshot-format.ts';

/** The state at `zxid`. Throws `MalformedInput`; call it within `decoded`. */
export function readSnapshot(reader: JuteReader, zxid: Zxid): ServiceState {
  const parts = new SnapshotParts();
  for (let count = reader.int('count'); count > 0; count--) parts.readSession(reader);
  for (let count = reader.int('map'); count > 0; count--) parts.readAcl(reader);
  while (parts.readNode(reader));
  return parts.state(zxid);
}

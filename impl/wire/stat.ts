/** What a node says about itself besides its data. */
import type { Zxid } from '../broadcast/zxid.ts';
import type { JuteReader } from './jute-reader.ts';
import type { JuteWriter } from './jute-writer.ts';

/** The part of a node's `Stat` that is stored: ZooKeeper's StatPersisted. */
export interface StoredStat {
  /** The transaction that created the node. */
  readonly czxid: Zxid;
  /** The transaction that last changed its data. */
  readonly mzxid: Zxid;
  /** Milliseconds since 1970, of czxid and of mzxid. */
  readonly ctime: number;
  readonly mtime: number;
  /** How often the data, the children and the ACL were changed. */
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  /** The session that an ephemeral node belongs to, 0 for others. */
  readonly ephemeralOwner: bigint;
  /** The transaction that last changed its children. */
  readonly pzxid: Zxid;
}

/** What a client gets: ZooKeeper's Stat. */
export interface Stat extends StoredStat {
  /** Length of the data in bytes. */
  readonly dataLength: number;
  readonly numChildren: number;
}

export function readStat(reader: JuteReader): Stat {
  return {
    ...readChanges(reader),
    dataLength: reader.int('dataLength'),
    numChildren: reader.int('numChildren'),
    pzxid: reader.zxid('pzxid'),
  };
}

export function writeStat(writer: JuteWriter, stat: Stat): void {
  writeChanges(writer, stat);
  writer.int(stat.dataLength).int(stat.numChildren).zxid(stat.pzxid);
}

export function readStoredStat(reader: JuteReader): StoredStat {
  return { ...readChanges(reader), pzxid: reader.zxid('pzxid') };
}

export function writeStoredStat(writer: JuteWriter, stat: StoredStat): void {
  writeChanges(writer, stat);
  writer.zxid(stat.pzxid);
}

/** The fields that both forms begin with. */
type Changes = Omit<StoredStat, 'pzxid'>;

function readChanges(reader: JuteReader): Changes {
  return {
    czxid: reader.zxid('czxid'),
    mzxid: reader.zxid('mzxid'),
    ctime: reader.safeLong('ctime'),
    mtime: reader.safeLong('mtime'),
    version: reader.int('version'),
    cversion: reader.int('cversion'),
    aversion: reader.int('aversion'),
    ephemeralOwner: reader.long('ephemeralOwner'),
  };
}

function writeChanges(writer: JuteWriter, stat: Changes): void {
  writer.zxid(stat.czxid).zxid(stat.mzxid).safeLong(stat.ctime).safeLong(stat.mtime);
  writer.int(stat.version).int(stat.cversion).int(stat.aversion).long(stat.ephemeralOwner);
}

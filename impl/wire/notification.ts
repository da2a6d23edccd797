/**
 * What servers that elect a leader say to each other. A connection begins with the caller's name and addresses; each
 * notification after that is a frame. Written as ZooKeeper 3.5 and later do; older forms are read.
 */
import { Buffer } from 'node:buffer';

import type { Zxid } from '../broadcast/zxid.ts';
import { JuteReader } from './jute-reader.ts';
import { decoded, MalformedInput, type Decoded } from './malformed.ts';

/** Protocol versions of an election connection: one address, or several behind each other. */
const ONE_ADDRESS = -65536;
const SEVERAL_ADDRESSES = -65535;

/** The longest list of addresses, as in ZooKeeper. */
const ADDRESS_BYTES_MAX = 2048;

/** The largest notification that is accepted, in bytes, as in ZooKeeper. */
export const NOTIFICATION_BYTES_MAX = 512 * 1024;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What opens an election connection. */
export interface ElectionHello {
  /** The id of the server that calls: `myid`; negative for an observer without a name. */
  readonly sid: bigint;
  /** Its election addresses: at least one. */
  readonly addresses: readonly Address[];
}

/** Bytes of an `ElectionHello`: with several addresses the form that ZooKeeper 3.6 and later read. */
export function encodeElectionHello({ sid, addresses }: ElectionHello): Buffer {
  const text = Buffer.from(addresses.map(formatAddress).join('|'), 'utf8');
  const bytes = Buffer.allocUnsafe(8 + 8 + 4 + text.length);
  bytes.writeBigInt64BE(BigInt(addresses.length > 1 ? SEVERAL_ADDRESSES : ONE_ADDRESS), 0);
  bytes.writeBigInt64BE(sid, 8);
  bytes.writeInt32BE(text.length, 16);
  text.copy(bytes, 20);
  return bytes;
}

/**
 * The `ElectionHello` at the start of `bytes`, and how many bytes it took; undefined when not all of it has come.
 */
export function decodeElectionHello(
  bytes: Buffer,
): Decoded<{ readonly hello: ElectionHello; readonly length: number } | undefined> {
  return decoded(() => {
    if (bytes.length < 8) return undefined;
    const version = bytes.readBigInt64BE(0);
    if (version !== BigInt(ONE_ADDRESS) && version !== BigInt(SEVERAL_ADDRESSES)) {
      throw new MalformedInput(`unknown version ${version} of the election protocol`, 0);
    }
    if (bytes.length < 20) return undefined;
    const textBytes = bytes.readInt32BE(16);
    if (textBytes <= 0 || textBytes > ADDRESS_BYTES_MAX) {
      throw new MalformedInput(`${textBytes} bytes of addresses; 1 to ${ADDRESS_BYTES_MAX} are accepted`, 16);
    }
    const length = 20 + textBytes;
    if (bytes.length < length) return undefined;
    const addresses = bytes.toString('utf8', 20, length).split('|').map(parseAddress);
    return { hello: { sid: bytes.readBigInt64BE(8), addresses }, length };
  });
}

function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseAddress(text: string): Address {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  if (match === null || host === '' || port > 65535) {
    throw new MalformedInput(`address ${JSON.stringify(text)}: host:port is expected`, 20);
  }
  return { host, port };
}

/** What a server that sends a notification does at that time; numbered in this order on the wire. */
export const SERVER_STATES = ['LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING'] as const;
export type ServerState = (typeof SERVER_STATES)[number];

export interface Notification {
  readonly state: ServerState;
  /** Whom the sender votes for, or follows. */
  readonly leader: bigint;
  /** The last zxid of the one it votes for. */
  readonly zxid: Zxid;
  /** The sender's logical clock: its round of elections. */
  readonly electionEpoch: bigint;
  /** `currentEpoch` of the one it votes for. */
  readonly peerEpoch: bigint;
  /** The sender's view of the ensemble, in the text form of ZooKeeper's dynamic configuration; empty in older forms. */
  readonly configuration: string;
}

/** ZooKeeper's number for notifications with a configuration. */
const VERSION = 2;
const FIXED_BYTES = 4 + 8 + 8 + 8;

export function encodeNotification(notification: Notification): Buffer {
  const { state, leader, zxid, electionEpoch, peerEpoch } = notification;
  const configuration = Buffer.from(notification.configuration, 'utf8');
  const bytes = Buffer.allocUnsafe(44 + configuration.length);
  bytes.writeInt32BE(SERVER_STATES.indexOf(state), 0);
  bytes.writeBigInt64BE(leader, 4);
  bytes.writeUInt32BE(zxid.epoch, 12);
  bytes.writeUInt32BE(zxid.counter, 16);
  bytes.writeBigInt64BE(electionEpoch, 20);
  bytes.writeBigInt64BE(peerEpoch, 28);
  bytes.writeInt32BE(VERSION, 36);
  bytes.writeInt32BE(configuration.length, 40);
  configuration.copy(bytes, 44);
  return bytes;
}

/**
 * Decodes what stands in a frame. Three forms are known: 28 bytes, without the epoch, which is then that of the zxid;
 * 36 or 40 bytes, without a configuration; and the present one, in which bytes after the configuration are ignored.
 */
export function decodeNotification(bytes: Buffer): Decoded<Notification> {
  return decoded(() => {
    const reader = new JuteReader(bytes);
    const number = reader.int('state');
    const state = SERVER_STATES[number];
    if (state === undefined) throw new MalformedInput(`unknown state ${number} of a server`, 0);
    const leader = reader.long('leader');
    const zxid = reader.zxid('zxid');
    const electionEpoch = reader.long('electionEpoch');
    const peerEpoch = bytes.length === FIXED_BYTES ? BigInt(zxid.epoch) : reader.long('peerEpoch');
    const version = reader.remaining >= 4 ? reader.int('version') : 0;
    const configuration = version >= VERSION ? reader.string('configuration') : '';
    return { state, leader, zxid, electionEpoch, peerEpoch, configuration };
  });
}

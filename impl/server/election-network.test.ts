import { Buffer } from 'node:buffer';
import { connect } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { serverId, type ServerId } from '../protocol/ensemble.ts';
import type { Address, Notification } from '../wire/notification.ts';
import { ElectionNetwork } from './election-network.ts';
import { SILENT, type LogFields } from './logger.ts';
import { addressesOf, until } from './testing/loopback.ts';

const networks: ElectionNetwork[] = [];

afterEach(async () => {
  for (const network of networks.splice(0)) await network.close();
});

interface Station {
  readonly network: ElectionNetwork;
  readonly heard: (readonly [from: number, leader: bigint])[];
  readonly warnings: LogFields[];
}

async function station(id: number, addresses: Map<ServerId, readonly Address[]>): Promise<Station> {
  const heard: Station['heard'] = [];
  const warnings: LogFields[] = [];
  const network = await ElectionNetwork.open({
    myId: serverId(id),
    addresses,
    timeoutMs: 1000,
    receive: (from, { leader }) => heard.push([from, leader]),
    logger: { ...SILENT, warn: (_message, fields = {}) => warnings.push(fields) },
  });
  networks.push(network);
  return { network, heard, warnings };
}

function vote(leader: bigint): Notification {
  return {
    state: 'LOOKING',
    leader,
    zxid: { epoch: 0, counter: 0 },
    electionEpoch: 1n,
    peerEpoch: 0n,
    configuration: '',
  };
}

it('either end can speak first, whichever of them makes the connection', async () => {
  const addresses = await addressesOf(3);
  const [one, two, three] = await Promise.all([1, 2, 3].map((id) => station(id, addresses)));
  if (one === undefined || two === undefined || three === undefined) throw new Error('three were made');
  one.network.send(serverId(2), vote(11n));
  three.network.send(serverId(2), vote(33n));
  await until(() => two.heard.length === 2);
  expect(two.heard).toEqual(
    expect.arrayContaining([
      [1, 11n],
      [3, 33n],
    ]),
  );
  two.network.send(serverId(1), vote(22n));
  two.network.send(serverId(3), vote(22n));
  await until(() => one.heard.length === 1 && three.heard.length === 1);
});

it('of what is sent before the other end is up, the newest arrives, and again after the connection broke', async () => {
  const addresses = await addressesOf(2);
  const two = await station(2, addresses);
  two.network.send(serverId(1), vote(1n));
  two.network.send(serverId(1), vote(2n));
  // Nobody listens yet: the attempt fails, and the next sending tries again.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const one = await station(1, addresses);
  two.network.send(serverId(1), vote(3n));
  await until(() => one.heard.length > 0);
  expect(one.heard).toEqual([[2, 3n]]);
  await one.network.close();
  const again = await station(1, addresses);
  await until(() => {
    again.network.send(serverId(2), vote(9n));
    return again.heard.length > 0;
  });
  expect(again.heard[0]).toEqual([2, 3n]);
});

it('who is not of the ensemble, or makes no sense, is not heard', async () => {
  const addresses = await addressesOf(2);
  const two = await station(2, addresses);
  const [{ port } = { port: 0 }] = addresses.get(serverId(2)) ?? [];
  const say = async (bytes: Buffer): Promise<void> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    await new Promise((resolve) => socket.once('close', resolve));
  };
  await say(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  const hello = Buffer.alloc(23);
  hello.writeBigInt64BE(-65536n, 0);
  hello.writeBigInt64BE(7n, 8);
  hello.writeInt32BE(3, 16);
  hello.write('a:1', 20);
  await say(hello);
  hello.writeBigInt64BE(3n, 8);
  await say(hello);
  expect(two.heard).toEqual([]);
  expect(two.warnings.map(({ reason, server }) => reason ?? server)).toEqual([
    expect.stringContaining('unknown version'),
    '7',
    '3',
  ]);
});

it('a notification that makes no sense is ignored, a frame that is too long ends the connection', async () => {
  const addresses = await addressesOf(2);
  const one = await station(1, addresses);
  const [{ port } = { port: 0 }] = addresses.get(serverId(1)) ?? [];
  const hello = Buffer.alloc(23);
  hello.writeBigInt64BE(-65536n, 0);
  hello.writeBigInt64BE(2n, 8);
  hello.writeInt32BE(3, 16);
  hello.write('a:1', 20);
  const short = Buffer.from('00000003010203', 'hex');
  const tooLong = Buffer.from('7fffffff', 'hex');
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.concat([hello, short, tooLong]));
  await new Promise((resolve) => socket.once('close', resolve));
  expect(one.heard).toEqual([]);
  expect(one.warnings.map(({ reason }) => reason)).toEqual([
    'state: 4 bytes expected, 3 are left',
    'a frame of 2147483647 bytes; at most 524288 are accepted',
  ]);
});

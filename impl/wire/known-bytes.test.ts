/** Bytes worked out by hand from ZooKeeper's record definitions: the format, not our idea of it, decides. */
import { Buffer } from 'node:buffer';

import { describe, expect, it } from 'vitest';

import { encodeReply } from './client-reply.ts';
import { decodeRequest, encodeRequest } from './client-request.ts';
import { decodeConnectRequest, encodeConnectResponse } from './client-session.ts';
import {
  decodeElectionHello,
  decodeNotification,
  encodeElectionHello,
  encodeNotification,
} from './notification.ts';
import { encodeQuorumPacket, QuorumPacketReader } from './quorum-packet.ts';
import { decodeTransaction, encodeTransaction } from './transaction-record.ts';
import { learnerInfoOf, messageOf, packetOf } from './zab-packets.ts';

/** Bytes from hexadecimal, spaces between the fields. */
function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
}

const context = {
  learner: { serverId: 3n, protocolVersion: 0x10000, configurationVersion: 0x100n },
  committed: { epoch: 2, counter: 7 },
  configuration: Buffer.from('v'),
};

describe('packets between servers', () => {
  it('FOLLOWERINFO names the accepted epoch and the learner', () => {
    const bytes = hex(
      '0000000b 0000000400000000 00000014 0000000000000003 00010000 0000000000000100 ffffffff',
    );
    const packet = packetOf({ type: 'FOLLOWERINFO', epoch: 4 }, context);
    expect(encodeQuorumPacket(packet)).toEqual(bytes);
    expect(learnerInfoOf(packet)).toEqual({ ok: true, value: context.learner });
  });

  it('ACKEPOCH that does not count says epoch -1', () => {
    const bytes = hex('00000012 0000000200000007 00000004 ffffffff ffffffff');
    const message = { type: 'ACKEPOCH', epoch: -1, zxid: { epoch: 2, counter: 7 } } as const;
    expect(encodeQuorumPacket(packetOf(message, context))).toEqual(bytes);
    expect(messageOf({ type: 0x12, zxid: message.zxid, data: hex('ffffffff'), authinfo: [] })).toEqual({
      ok: true,
      value: message,
    });
  });

  it('COMMIT is 20 bytes', () => {
    const bytes = hex('00000004 0000000200000008 ffffffff ffffffff');
    expect(encodeQuorumPacket(packetOf({ type: 'COMMIT', zxid: { epoch: 2, counter: 8 } }, context))).toEqual(
      bytes,
    );
  });

  it('UPTODATE has zxid -1', () => {
    expect(encodeQuorumPacket(packetOf({ type: 'UPTODATE' }, context))).toEqual(
      hex('0000000c ffffffffffffffff ffffffff ffffffff'),
    );
  });

  it('what follows SNAP is left to the snapshot’s reader', () => {
    const reader = new QuorumPacketReader(100);
    reader.push(hex('0000000f 0000000200000007 ffffffff ffffffff 00000000 4242'));
    expect(reader.next()).toMatchObject({ ok: true, packet: { type: 15 } });
    expect(reader.rest()).toEqual(hex('00000000 4242'));
  });

  it('a length beyond the bound is refused before its bytes have come, with its place in the stream', () => {
    const reader = new QuorumPacketReader(100);
    reader.push(hex('00000004 0000000200000008 ffffffff ffffffff'));
    expect(reader.next()).toMatchObject({ ok: true, packet: { type: 4 } });
    reader.push(hex('00000002 0000000200000008 00000065'));
    expect(reader.next()).toEqual({
      ok: false,
      reason: 'data: 101 bytes; at most 100 are accepted',
      offset: 32,
    });
  });

  it.each([
    ['one string', '00000001 00000065', 'authinfo: 101 bytes; at most 100 are accepted', 40],
    // The count, a scheme of two bytes, and lengths: 14 bytes besides the id.
    [
      'one string and what is before it',
      '00000001 00000002 6970 00000057',
      'authinfo: at least 101 bytes; at most 100 are accepted',
      36,
    ],
    [
      'many strings, each of them short',
      `00000020 ${'ffffffff'.repeat(25)}`,
      'authinfo: at least 104 bytes; at most 100 are accepted',
      36,
    ],
    ['their number', '00000401', 'authinfo: 1025 elements; at most 1024 are accepted', 36],
  ])(
    'identities beyond the bound are refused likewise, all together: %s',
    (_what, authinfo, reason, offset) => {
      const reader = new QuorumPacketReader(100);
      reader.push(hex('00000004 0000000200000008 ffffffff ffffffff'));
      expect(reader.next()).toMatchObject({ ok: true });
      reader.push(hex(`00000001 0000000200000008 ffffffff ${authinfo}`));
      expect(reader.next()).toEqual({ ok: false, reason, offset });
    },
  );

  it('identities at the bound are awaited and taken', () => {
    const reader = new QuorumPacketReader(100);
    reader.push(hex('00000001 0000000200000008 ffffffff 00000001 00000002 6970 00000056'));
    expect(reader.next()).toEqual({ ok: true, packet: undefined });
    reader.push(Buffer.alloc(0x56, 'a'));
    expect(reader.next()).toMatchObject({
      ok: true,
      packet: { authinfo: [{ scheme: 'ip', id: 'a'.repeat(0x56) }] },
    });
  });
});

describe('election', () => {
  it('a connection begins with the protocol version, the id and an address', () => {
    const bytes = hex('ffffffffffff0000 0000000000000001 0000000e');
    const whole = Buffer.concat([bytes, Buffer.from('127.0.0.1:3888')]);
    const hello = { sid: 1n, addresses: [{ host: '127.0.0.1', port: 3888 }] };
    expect(encodeElectionHello(hello)).toEqual(whole);
    expect(decodeElectionHello(whole)).toEqual({ ok: true, value: { hello, length: whole.length } });
    expect(decodeElectionHello(whole.subarray(0, 30))).toEqual({ ok: true, value: undefined });
  });

  it('several addresses use the newer version', () => {
    const hello = {
      sid: 2n,
      addresses: [
        { host: '::1', port: 1 },
        { host: 'b', port: 2 },
      ],
    };
    const bytes = encodeElectionHello(hello);
    expect(bytes.subarray(0, 8)).toEqual(hex('ffffffffffff0001'));
    expect(bytes.toString('utf8', 20)).toBe('[::1]:1|b:2');
  });

  it.each(['nohost', 'a:b', ':1', 'a:70000', 'a:1:2', ''])('an address such as %j is refused', (address) => {
    const text = Buffer.from(`${address}|`);
    const bytes = Buffer.concat([hex('ffffffffffff0001 0000000000000001'), Buffer.alloc(4), text]);
    bytes.writeInt32BE(text.length, 16);
    expect(decodeElectionHello(bytes)).toMatchObject({ ok: false });
  });

  const notification = {
    state: 'LEADING',
    leader: 3n,
    zxid: { epoch: 2, counter: 7 },
    electionEpoch: 5n,
    peerEpoch: 2n,
    configuration: 'v=1',
  } as const;
  const start = '00000002 0000000000000003 0000000200000007 0000000000000005';

  it('a notification ends with the configuration', () => {
    expect(encodeNotification(notification)).toEqual(
      hex(`${start} 0000000000000002 00000002 00000003 763d31`),
    );
  });

  it('the older forms are read: 28 bytes, 36, and 40 with a version', () => {
    const plain = { ...notification, configuration: '' };
    expect(decodeNotification(hex(start))).toEqual({ ok: true, value: plain });
    expect(decodeNotification(hex(`${start} 0000000000000002`))).toEqual({ ok: true, value: plain });
    expect(decodeNotification(hex(`${start} 0000000000000002 00000001`))).toEqual({
      ok: true,
      value: plain,
    });
  });

  it('a configuration longer than the notification is refused', () => {
    expect(decodeNotification(hex(`${start} 0000000000000002 00000002 7fffffff 763d31`))).toEqual({
      ok: false,
      reason: 'configuration: 2147483647 bytes expected, 3 are left',
      offset: 44,
    });
  });
});

describe('transactions', () => {
  it('setData of a session, with a digest', () => {
    const bytes = hex(`
      0000000000000064 00000005 0000000200000007 0000018bcfe56800 00000005
      00000002 2f61 00000001 78 00000003
      00000002 0000000000000009`);
    const record = {
      header: { sessionId: 100n, cxid: 5, zxid: { epoch: 2, counter: 7 }, time: 1_700_000_000_000 },
      body: { type: 'setData', path: '/a', data: Uint8Array.of(0x78), version: 3 },
      digest: { version: 2, tree: 9n },
    } as const;
    expect(encodeTransaction(record)).toEqual(bytes);
    expect(decodeTransaction(bytes)).toEqual({ ok: true, value: record });
  });

  const closing = '0000000000000064 00000005 0000000200000007 0000018bcfe56800 fffffff5';

  it('closeSession with one path of four bytes is not taken for a digest', () => {
    expect(decodeTransaction(hex(`${closing} 00000001 00000004 2f616263`))).toMatchObject({
      ok: true,
      value: { body: { type: 'closeSession', paths: ['/abc'] }, digest: undefined },
    });
  });

  it('closeSession without paths, with and without a digest', () => {
    expect(decodeTransaction(hex(closing))).toMatchObject({
      ok: true,
      value: { body: { type: 'closeSession', paths: undefined }, digest: undefined },
    });
    expect(decodeTransaction(hex(`${closing} 00000002 0000000000000009`))).toMatchObject({
      ok: true,
      value: { body: { type: 'closeSession', paths: undefined }, digest: { version: 2, tree: 9n } },
    });
  });

  it('create without the parent’s version, from before ZooKeeper 3.4', () => {
    const bytes = hex(`
      0000000000000064 00000005 0000000200000007 0000018bcfe56800 00000001
      00000002 2f61 ffffffff 00000001 0000001f 00000005 776f726c64 00000006 616e796f6e65 00`);
    expect(decodeTransaction(bytes)).toMatchObject({
      ok: true,
      value: {
        body: {
          type: 'create',
          path: '/a',
          data: null,
          acl: [{ permissions: 31, scheme: 'world', id: 'anyone' }],
          ephemeral: false,
          parentCversion: -1,
        },
      },
    });
  });
});

describe('clients', () => {
  it('getData without a watch', () => {
    const bytes = hex('00000009 00000004 00000002 2f61 00');
    const request = { xid: 9, operation: { type: 'getData', path: '/a', watch: false } } as const;
    expect(encodeRequest(request)).toEqual(bytes);
    expect(decodeRequest(bytes)).toEqual({ ok: true, value: request });
  });

  it('an unknown operation is told by its number, whatever follows', () => {
    expect(decodeRequest(hex('00000009 0000000e 0102'))).toEqual({
      ok: true,
      value: { xid: 9, operation: { type: 'unknown', number: 14 } },
    });
  });

  it('an error has no result', () => {
    const reply = {
      xid: 9,
      zxid: { epoch: 2, counter: 7 },
      error: -101,
      result: { type: 'nothing' },
    } as const;
    expect(encodeReply(reply)).toEqual(hex('00000009 0000000200000007 ffffff9b'));
  });

  it('a client from before 3.4 gets no last field', () => {
    const bytes = hex('00000000 0000000000000000 00007530 0000000000000000 00000010 ' + '00'.repeat(16));
    expect(decodeConnectRequest(bytes)).toMatchObject({ ok: true, value: { readOnly: undefined } });
    expect(
      encodeConnectResponse({
        protocolVersion: 0,
        timeoutMs: 30_000,
        sessionId: 1n,
        password: Buffer.alloc(16),
        readOnly: undefined,
      }).length,
    ).toBe(4 + 4 + 8 + 4 + 16);
  });

  it('bytes after the end of a message are refused', () => {
    expect(decodeRequest(hex('00000009 0000000b 00'))).toEqual({
      ok: false,
      reason: '1 bytes too many after the request',
      offset: 8,
    });
  });
});

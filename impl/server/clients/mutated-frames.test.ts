/** Whatever a client sends, the server goes on serving the others. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { OPEN_ACL } from '../../wire/acl.ts';
import { encodeRequest, PING_XID, type Operation } from '../../wire/client-request.ts';
import { encodeConnectRequest } from '../../wire/client-session.ts';
import { frame } from '../../wire/frames.ts';
import type { ClientPort } from './client-port.ts';
import { OneService } from './testing/one-server.ts';
import { RawClient } from './testing/raw-client.ts';

let service: OneService;
let port: ClientPort;
let witness: RawClient;
let pings = 0;

beforeAll(async () => {
  service = new OneService();
  port = await service.addPort({ maxClientConnections: 0, fourLetterWords: new Set('*') });
  witness = (await RawClient.greet(port.address)).client;
});

afterAll(async () => {
  witness.socket.destroy();
  await service.close();
});

const OPERATIONS: readonly Operation[] = [
  { type: 'create', path: '/a', data: Buffer.from('x'), acl: OPEN_ACL, flags: 0 },
  { type: 'setData', path: '/a', data: null, version: -1 },
  { type: 'getData', path: '/a', watch: false },
  { type: 'getChildren2', path: '/', watch: false },
  { type: 'sync', path: '/' },
  { type: 'ping' },
  { type: 'delete', path: '/a', version: -1 },
  { type: 'closeSession' },
];

function conversation(): Buffer {
  const greeting = encodeConnectRequest({
    protocolVersion: 0,
    lastZxidSeen: { epoch: 0, counter: 0 },
    timeoutMs: 300,
    sessionId: 0n,
    password: new Uint8Array(16),
    readOnly: false,
  });
  const requests = OPERATIONS.map((operation, index) => encodeRequest({ xid: index + 1, operation }));
  return Buffer.concat([greeting, ...requests].map(frame));
}

it('bytes changed, cut and inserted anywhere in a conversation end that conversation at worst', async () => {
  const whole = conversation();
  const change = fc.record({
    at: fc.nat(whole.length - 1),
    cut: fc.nat(8),
    inserted: fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc.constantFrom(Buffer.from('ruok'), Buffer.from('7fffffff', 'hex'), Buffer.from('ffffffff', 'hex')),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat(60), async (changes, piece) => {
      let bytes = whole;
      for (const { at, cut, inserted } of changes) {
        bytes = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + cut)]);
      }
      const client = await RawClient.connect(port.address);
      // The beginning comes in a piece of its own: what is left of a frame waits.
      client.socket.write(bytes.subarray(0, piece));
      await new Promise(setImmediate);
      client.socket.end(bytes.subarray(piece));
      await client.untilClosed();
      witness.ask([PING_XID, { type: 'ping' }]);
      pings++;
      expect(await witness.reply('ping')).toMatchObject({ xid: PING_XID, error: 0 });
    }),
    { numRuns: 300 },
  );
  await expect.poll(() => port.connectionCount).toBe(1);
  expect(pings).toBeGreaterThanOrEqual(300);
});

/** A client of another make: Python's kazoo, where it is installed. It is told where to connect and says what it saw. */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ClientPort } from './client-port.ts';
import { OneService } from './testing/one-server.ts';

const PYTHON = '/usr/bin/python3';
const TIMEOUT_MS = 60_000;

const missing = ((): string | undefined => {
  try {
    execFileSync(PYTHON, ['-c', 'import kazoo'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${PYTHON} with the package kazoo is not here`;
  }
})();

let service: OneService;
let ports: readonly ClientPort[];
let ticking: NodeJS.Timeout;

beforeEach(async () => {
  service = new OneService();
  ports = [await service.addPort(), await service.addPort()];
  ticking = setInterval(() => {
    service.tick();
  }, 50);
});

afterEach(async () => {
  clearInterval(ticking);
  await service.close();
});

/** Runs a program that finds the module's names, `hosts` and `say`; what it says, a line each. */
async function python(program: string): Promise<unknown[]> {
  const hosts = ports.map(({ address }) => `${address.host}:${address.port}`);
  const prelude = `
import json, sys, time
from kazoo.client import KazooClient
from kazoo import exceptions
hosts = ${JSON.stringify(hosts)}
def say(*values): print(json.dumps(values if len(values) > 1 else values[0]))
def failure(work):
    try: work()
    except Exception as error: return type(error).__name__
`;
  const { stdout } = await promisify(execFile)(PYTHON, ['-c', prelude + program], { timeout: TIMEOUT_MS });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

describe.skipIf(missing !== undefined)(`kazoo${missing === undefined ? '' : ` (${missing})`}`, () => {
  it('creates, reads, changes, lists and deletes nodes', { timeout: TIMEOUT_MS }, async () => {
    const said = await python(`
zk = KazooClient(hosts=hosts[0], timeout=4)
zk.start(timeout=10)
say(zk.create('/a', b'one'))
data, stat = zk.get('/a')
say(data.decode(), stat.version)
say(zk.set('/a', b'two').version)
say(zk.exists('/a').dataLength, zk.exists('/b'))
say(zk.create('/a/b', b'', include_data=True)[1].version)
say(zk.get_children('/a'))
say(zk.get_children('/a', include_data=True)[1].numChildren)
say(failure(lambda: zk.delete('/a')), failure(lambda: zk.create('/a')), failure(lambda: zk.get('/x')))
zk.ensure_path('/p/q/r')
zk.delete('/a', recursive=True)
say(zk.sync('/'))
say(sorted(zk.get_children('/')))
waiting = [zk.set_async('/p', str(i).encode()) for i in range(500)]
say([result.get(timeout=10).version for result in waiting] == list(range(1, 501)))
say(zk.get('/p')[0].decode())
zk.stop()
`);
    expect(said).toEqual([
      '/a',
      ['one', 0],
      1,
      [3, null],
      0,
      ['b'],
      1,
      ['NotEmptyError', 'NodeExistsError', 'NoNodeError'],
      '/',
      ['p', 'zookeeper'],
      true,
      '499',
    ]);
    expect(service.state.sessions.size).toBe(0);
  });

  it(
    'keeps its session while it is idle, and takes it to another server',
    { timeout: TIMEOUT_MS },
    async () => {
      const [first, second] = ports;
      const told = python(`
zk = KazooClient(hosts=','.join(hosts), randomize_hosts=False, timeout=1)
zk.start(timeout=10)
say(zk.client_id[0])
zk.create('/first')
time.sleep(2.5)
while zk.exists('/go') is None: time.sleep(0.05)
zk.retry(zk.create, '/second')
say(zk.client_id[0])
zk.stop()
`);
      await expect.poll(() => service.state.tree.get('/first'), { timeout: 10_000 }).toBeDefined();
      const [sessionId] = [...service.state.sessions.keys()];
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(service.sessions.expired(Date.now())).toEqual([]);
      first?.stopServing('a test says so');
      await expect.poll(() => second?.connectionCount, { timeout: 10_000 }).toBe(1);
      service.state.tree.create(
        '/go',
        { data: null, acl: [], owner: 0n },
        -1,
        service.state.lastZxid,
        Date.now(),
      );
      expect(await told).toEqual([Number(sessionId), Number(sessionId)]);
      expect(service.state.tree.get('/second')).toBeDefined();
    },
  );
});

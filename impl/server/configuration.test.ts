import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseConfiguration } from './configuration.ts';
import { ConfigurationError, loadConfiguration } from './load-configuration.ts';
import { parseProperties } from './properties.ts';
import { formatEnsemble, formatServerAddress, parseServerAddress } from './server-address.ts';

const THREE = `
tickTime=500
dataDir=/data
initLimit=10
syncLimit=5
clientPort=2181
server.1=127.0.0.1:2888:3888
server.2=127.0.0.1:2889:3889:participant;2182
server.3=[::1]:2890:3890:observer;127.0.0.1:2183
`;

function parse(text: string): ReturnType<typeof parseConfiguration> {
  return parseConfiguration(parseProperties(text, 'zoo.cfg'), 'zoo.cfg');
}

describe('properties', () => {
  it('are keys and values, whatever stands between them', () => {
    const text = '# no\n! no\n\na=1\nb : 2\n c 3\nlong=x\\\n   y\nempty=\npath=C:\\\\x\r\nlast=a=b';
    expect(parseProperties(text, 'f')).toEqual([
      { key: 'a', value: '1', place: 'f:4' },
      { key: 'b', value: '2', place: 'f:5' },
      { key: 'c', value: '3', place: 'f:6' },
      { key: 'long', value: 'xy', place: 'f:7' },
      { key: 'empty', value: '', place: 'f:9' },
      { key: 'path', value: 'C:\\x', place: 'f:10' },
      { key: 'last', value: 'a=b', place: 'f:11' },
    ]);
  });
});

describe('addresses of servers', () => {
  it.each([
    'a:1:2:participant',
    '[::1]:1:2:observer;[::2]:3',
    'a:1:2:participant|b:3:4:participant;0.0.0.0:5',
  ])('%s', (text) => {
    const address = parseServerAddress(text);
    expect(typeof address === 'string' ? address : formatServerAddress(address)).toBe(text);
  });

  it('make the ensemble that servers tell each other', () => {
    const parsed = parse(THREE);
    expect(parsed.ok ? formatEnsemble(parsed.configuration.servers) : parsed.complaints).toBe(
      'server.1=127.0.0.1:2888:3888:participant\n' +
        'server.2=127.0.0.1:2889:3889:participant;0.0.0.0:2182\n' +
        'server.3=[::1]:2890:3890:observer;127.0.0.1:2183\n' +
        'version=0',
    );
  });

  it.each(['', 'a', 'a:1', 'a:1:1', 'a:0:2', 'a:1:70000', 'a:1:2:chief', 'a:1:2;x', 'a:1:2;3;4', '::1:1:2'])(
    '%j is refused',
    (text) => {
      expect(parseServerAddress(text)).toBeTypeOf('string');
    },
  );
});

describe('a configuration', () => {
  it('has ZooKeeper’s defaults', () => {
    expect(parse(THREE)).toMatchObject({
      ok: true,
      warnings: [],
      configuration: {
        dataLogDir: '/data',
        client: { host: '0.0.0.0', port: 2181 },
        minSessionTimeoutMs: 1000,
        maxSessionTimeoutMs: 10_000,
        maxClientConnections: 60,
        outstandingRequests: 20_000,
        fourLetterWords: new Set(['srvr']),
        snapCount: 100_000,
        snapBytes: 256 * 1024 * 1024,
        preallocateBytes: 64 * 1024 * 1024,
      },
    });
  });

  it.each([
    ['4lw.commands.whitelist=ruok, stat,mntr', ['srvr', 'ruok', 'stat', 'mntr']],
    ['4lw.commands.whitelist=*', ['srvr', '*']],
    ['4lw.commands.whitelist=', ['srvr']],
    ['4lw.commands.whitelist= , ', ['srvr']],
  ])('answers the four-letter words of %j', (line, words) => {
    const parsed = parse(`${THREE}${line}\n`);
    expect(parsed.ok && parsed.configuration.fourLetterWords).toEqual(new Set(words));
  });

  it('takes system properties, with and without ZooKeeper’s prefix, and what comes last prevails', () => {
    const properties = [
      ...parseProperties(`${THREE}snapCount=7\n`, 'zoo.cfg'),
      { key: 'zookeeper.snapCount', value: '9', place: '-Dzookeeper.snapCount' },
      { key: 'jute.maxbuffer', value: '2000', place: '-Djute.maxbuffer' },
    ];
    expect(parseConfiguration(properties, 'zoo.cfg')).toMatchObject({
      ok: true,
      configuration: { snapCount: 9, juteMaxBuffer: 2000 },
    });
  });

  it.each([
    ['', 10_000],
    ['globalOutstandingLimit=1000', 500],
    ['globalOutstandingLimit=1', 1],
  ])('of three that vote with %j lets the clients of each wait for %i requests', (line, requests) => {
    const servers = 'server.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\n';
    const parsed = parse(`dataDir=/d\ninitLimit=1\nsyncLimit=1\n${servers}${line}\n`);
    expect(parsed.ok && parsed.configuration.outstandingRequests).toBe(requests);
  });

  it('warns of what has no effect', () => {
    expect(parse(`${THREE}admin.serverPort=8080\n`)).toMatchObject({
      ok: true,
      warnings: [{ place: 'zoo.cfg:10', message: 'admin.serverPort has no effect here' }],
    });
  });

  it.each([
    ['tickTime=0', 'zoo.cfg:10: tickTime "0" is no number from 1 to 2^31-1'],
    ['tickTime=2s', 'zoo.cfg:10: tickTime "2s" is no number from 1 to 2^31-1'],
    ['clientPort=70000', 'zoo.cfg:10: clientPort "70000" is no number from 0 to 65535'],
    ['server.x=a:1:2', 'zoo.cfg:10: server.x a server is named by a positive integer, as in server.1'],
    ['minSessionTimeout=20000', 'zoo.cfg:10: minSessionTimeout is larger than maxSessionTimeout'],
    ['forceSync=no', 'zoo.cfg:10: forceSync "no": what is acknowledged is on disk here, always'],
    ['electionAlg=0', 'zoo.cfg:10: electionAlg "0": fast leader election, 3, is the only one'],
    ['multiAddress.enabled=yes', 'zoo.cfg:10: multiAddress.enabled "yes": true or false'],
    ['peerType=chief', 'zoo.cfg:10: peerType "chief": participant or observer is expected'],
    ['server.2=[::1]:4:5:observer', 'zoo.cfg: an ensemble has two or more servers that vote; this one has 1'],
    ['dataDir=', 'zoo.cfg:10: dataDir is missing: the directory for data; add dataDir=…'],
  ])('%s is refused with its place', (line, complaint) => {
    const parsed = parse(`${THREE}${line}\n`);
    expect(parsed.ok ? [] : parsed.complaints.map(({ place, message }) => `${place}: ${message}`)).toEqual([
      complaint,
    ]);
  });

  it('of an ensemble names its limits, and all that is wrong is said at once', () => {
    const parsed = parse('dataDir=/d\nserver.1=a:1:2\nserver.2=a:3:4\nclientPort=x');
    expect(parsed.ok ? [] : parsed.complaints.map(({ message }) => message.split(' ')[0])).toEqual([
      'initLimit',
      'syncLimit',
      'clientPort',
    ]);
  });
});

describe('its files', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'zab-configuration-'));
    await writeFile(path.join(directory, 'zoo.cfg'), `${THREE}dataDir=${directory}\n`);
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  const failure = async (): Promise<string> =>
    loadConfiguration(path.join(directory, 'zoo.cfg')).then(
      () => 'none',
      (error: unknown) => (error instanceof ConfigurationError ? error.message : String(error)),
    );

  it('say who this server is', async () => {
    await writeFile(path.join(directory, 'myid'), '2\n');
    const { myId, configuration } = await loadConfiguration(path.join(directory, 'zoo.cfg'));
    expect(myId).toBe(2);
    expect([...configuration.servers.keys()]).toEqual([1, 2, 3]);
  });

  it('are read with the one that holds the ensemble', async () => {
    await writeFile(path.join(directory, 'myid'), '1');
    await writeFile(
      path.join(directory, 'zoo.cfg'),
      `dataDir=${directory}\ninitLimit=1\nsyncLimit=1\ndynamicConfigFile=ensemble\n`,
    );
    const ensemble = 'server.1=a:1:2:participant;3\nserver.2=a:4:5;6\nversion=100000000\n';
    await writeFile(path.join(directory, 'ensemble'), ensemble);
    const { configuration, warnings } = await loadConfiguration(path.join(directory, 'zoo.cfg'));
    expect(configuration.servers.size).toBe(2);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['2', 'participant', []],
    ['3', 'OBSERVER', []],
    ['3', undefined, []],
    [
      '3',
      'participant',
      ['peerType=participant has no effect: by the line server.3=… this server is an observer'],
    ],
    [
      '2',
      'observer',
      ['peerType=observer has no effect: by the line server.2=… this server is a participant'],
    ],
  ])('of server %s may say peerType=%s', async (myId, peerType, expected) => {
    const file = path.join(directory, 'zoo.cfg');
    await writeFile(path.join(directory, 'myid'), myId);
    const line = peerType === undefined ? '' : `peerType=${peerType}\n`;
    await writeFile(file, `${THREE}dataDir=${directory}\n${line}`);
    const { warnings } = await loadConfiguration(file);
    expect(warnings).toEqual(expected.map((message) => ({ place: file, message })));
  });

  it('that are not there, or make no sense, are named', async () => {
    expect(await failure()).toMatch(/myid: cannot be read: ENOENT/);
    await writeFile(path.join(directory, 'myid'), 'two');
    expect(await failure()).toMatch(/myid: "two" is no id/);
    await writeFile(path.join(directory, 'myid'), '7');
    expect(await failure()).toMatch(/myid: there is no line server\.7=… in the configuration/);
    await rm(path.join(directory, 'zoo.cfg'));
    expect(await failure()).toMatch(/zoo\.cfg: cannot be read: ENOENT/);
  });
});

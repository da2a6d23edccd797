/** What cannot be had for less: one sync, and one round trip to another process. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

import { endProcess, startModule } from '../load/child.ts';
import { Latencies } from '../load/latencies.ts';
import { LOG_BYTES, openFilled, writeSynced, type SyncWay } from './batch-log.ts';

const writeSyncedAsync = promisify(writeSynced);

/** Writes that many bytes again and again, each after the last is on disk. */
export async function measureSync(
  way: SyncWay,
  bytes: number,
  seconds: number,
  directory: string,
): Promise<Latencies> {
  const handle = await openFilled(path.join(directory, `sync-${way}`), LOG_BYTES, way);
  const buffers = [Buffer.alloc(bytes, 'zab')];
  let position = 0;
  try {
    return await measure(seconds, async () => {
      if (position + bytes > LOG_BYTES) position = 0;
      await writeSyncedAsync(handle.fd, buffers, position, way);
      position += bytes;
    });
  } finally {
    await handle.close();
  }
}

/** Sends that many bytes to a process of its own, which sends them back, again and again. */
export async function measureRoundTrip(bytes: number, seconds: number): Promise<Latencies> {
  const child = startModule(new URL('echo-process.ts', import.meta.url));
  try {
    // Our own process sends nothing else.
    const [port] = (await once(child, 'message')) as [number];
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const message = Buffer.alloc(bytes, 'zab');
    const latencies = await measure(seconds, async () => {
      let missing = bytes;
      socket.write(message);
      while (missing > 0) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        missing -= chunk.length;
      }
    });
    socket.destroy();
    return latencies;
  } finally {
    await endProcess(child);
  }
}

async function measure(seconds: number, work: () => Promise<void>): Promise<Latencies> {
  const latencies = Latencies.empty();
  const end = performance.now() + seconds * 1000;
  for (let begin = performance.now(); begin < end;) {
    await work();
    const now = performance.now();
    latencies.record(now - begin);
    begin = now;
  }
  return latencies;
}

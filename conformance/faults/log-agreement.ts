/** Do the logs of servers that are down agree? For each zxid that two of them have, they have the same transaction. */
import { transactionsEqual, type Transaction } from '../../impl/broadcast/transaction.ts';
import { compareZxids, formatZxid } from '../../impl/broadcast/zxid.ts';
import { Storage } from '../../impl/log/storage.ts';
import { loadConfiguration } from '../../impl/server/load-configuration.ts';
import { readSnapshot } from '../../impl/service/snapshot-format.ts';
import type { ServerProcess } from './server-process.ts';

/** What is wrong, and how many transactions of two servers were compared. */
export async function logDisagreements(
  servers: readonly ServerProcess[],
): Promise<{ readonly found: readonly string[]; readonly compared: number }> {
  const logs = await Promise.all(
    servers.map(async (server) => ({ id: server.id, log: await logOf(server) })),
  );
  const found: string[] = [];
  let compared = 0;
  for (const [index, a] of logs.entries()) {
    for (const b of logs.slice(index + 1)) {
      const from = Math.max(firstIndex(a.log, b.log), 0);
      let other = Math.max(firstIndex(b.log, a.log), 0);
      for (const transaction of a.log.slice(from)) {
        const twin = b.log[other];
        if (twin === undefined) break;
        other++;
        compared++;
        if (transactionsEqual(transaction, twin)) continue;
        found.push(
          `after ${compared} transactions server ${a.id} has ${formatZxid(transaction.zxid)}, server ${b.id} ${formatZxid(twin.zxid)}, and they differ`,
        );
        break;
      }
    }
  }
  return { found, compared };
}

/** Where in `log` the part begins that `other` has too: both reach back to a snapshot of their own. */
function firstIndex(log: readonly Transaction[], other: readonly Transaction[]): number {
  const start = other[0];
  return start === undefined ? log.length : log.findIndex(({ zxid }) => compareZxids(zxid, start.zxid) >= 0);
}

async function logOf(server: ServerProcess): Promise<readonly Transaction[]> {
  const { configuration } = await loadConfiguration(server.configurationFile);
  const { storage, recovered } = await Storage.open(
    {
      dataDir: configuration.dataDir,
      dataLogDir: configuration.dataLogDir,
      transactionBytesMax: configuration.juteMaxBuffer + configuration.juteExtraSize,
      preallocateBytes: configuration.preallocateBytes,
      retainedSnapshots: configuration.retainedSnapshots,
      listener: { durable: () => undefined, failed: () => undefined },
    },
    readSnapshot,
  );
  await storage.close();
  return recovered.transactions;
}

/** Do the logs of servers that are down agree? A zxid stands for one transaction, whoever has it. */
import path from 'node:path';

import { transactionsEqual, type Transaction } from '../../impl/broadcast/transaction.ts';
import { formatZxid, ZERO_ZXID } from '../../impl/broadcast/zxid.ts';
import { dataFiles } from '../../impl/log/data-files.ts';
import { scanLog } from '../../impl/log/log-scan.ts';
import { loadConfiguration } from '../../impl/server/load-configuration.ts';
import type { ServerProcess } from './server-process.ts';

/** What is wrong, and how many transactions were found on two servers and compared. */
export async function logDisagreements(
  servers: readonly ServerProcess[],
): Promise<{ readonly found: readonly string[]; readonly compared: number }> {
  const first = new Map<string, { readonly id: number; readonly transaction: Transaction }>();
  const found: string[] = [];
  let compared = 0;
  for (const server of servers) {
    for (const transaction of await logOf(server)) {
      const zxid = formatZxid(transaction.zxid);
      const known = first.get(zxid);
      if (known === undefined) {
        first.set(zxid, { id: server.id, transaction });
        continue;
      }
      compared++;
      if (!transactionsEqual(known.transaction, transaction)) {
        found.push(
          `${zxid} is one transaction on server ${known.id}, and another one on server ${server.id}`,
        );
      }
    }
  }
  return { found, compared };
}

/** All that is in the log files of a server, also what is older than its snapshots. */
async function logOf(server: ServerProcess): Promise<readonly Transaction[]> {
  const { configuration } = await loadConfiguration(server.configurationFile);
  const directory = path.join(configuration.dataLogDir, 'version-2');
  const transactions: Transaction[] = [];
  for (const { name, zxid } of await dataFiles(directory, 'log')) {
    const options = {
      transactionBytesMax: configuration.juteMaxBuffer + configuration.juteExtraSize,
      base: ZERO_ZXID,
      firstZxid: zxid,
      after: ZERO_ZXID,
    };
    await scanLog(path.join(directory, name), options, (transaction) => {
      transactions.push(transaction);
    });
  }
  return transactions;
}

/** Transactions on their way to the disk: impl/log. */
import { TransactionRun } from '../../impl/broadcast/transaction-run.ts';
import { ZERO_ZXID } from '../../impl/broadcast/zxid.ts';
import { EntryMemory } from '../../impl/log/entry-memory.ts';
import { entryBytes } from '../../impl/log/log-format.ts';
import { TransactionLog } from '../../impl/log/transaction-log.ts';
import { inMemory, type OpenPart, type Part } from './part.ts';
import { transactionsOf } from './transactions.ts';

const FRAMED = 100;
export const BATCH_SIZES = [1, 10, 100, 1000] as const;
/** As a server has them by default: jute.maxbuffer with its extra size, and preAllocSize. */
const TRANSACTION_BYTES_MAX = 2 * 1024 * 1024;
const PREALLOCATE_BYTES = 64 * 1024 * 1024;

/** Entries with their checksums in the memory from which they are written, of what came in one chunk. */
export const framingPart = inMemory('log: frame and checksum', 'transaction', FRAMED, () => {
  const transactions = transactionsOf(1, FRAMED);
  const length = [...transactions].reduce((sum, { payload }) => sum + entryBytes(payload.length), 0);
  const memory = new EntryMemory(length);
  return () => {
    const at = memory.frame(transactions, 0, FRAMED, 0);
    if (at !== length) throw new Error(`${at} bytes were written, not ${length}`);
  };
});

/** A batch is appended within one turn; it is done when the disk has it, and then the next one comes. */
export const appendingParts: readonly Part[] = BATCH_SIZES.map((size) => ({
  name: `log: append and sync, ${size} at a time`,
  operation: 'transaction',
  onDisk: true,
  open: (directory) => openLog(directory, size),
}));

async function openLog(directory: string, size: number): Promise<OpenPart> {
  let durable: () => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  const { log } = await TransactionLog.open(
    directory,
    { transactionBytesMax: TRANSACTION_BYTES_MAX, preallocateBytes: PREALLOCATE_BYTES, base: ZERO_ZXID },
    {
      durable: () => {
        durable();
      },
      failed: (error) => {
        failed(error);
      },
    },
  );
  const { payloads } = transactionsOf(1, size);
  let counter = 1;
  return {
    operations: size,
    run: () =>
      new Promise<void>((resolve, reject) => {
        durable = resolve;
        failed = reject;
        log.append(new TransactionRun({ epoch: 1, counter }, payloads));
        counter += size;
      }),
    close: () => log.close(),
  };
}

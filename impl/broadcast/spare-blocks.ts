/** Blocks of a history whose transactions were forgotten, with the memory that they have for the next ones. */
import { PackedTransactions } from './packed-transactions.ts';

/** Memory beyond this is not kept. */
const KEPT_BYTES_MAX = 64 * 1024 * 1024;

export class SpareBlocks {
  readonly #blocks: PackedTransactions[] = [];
  #bytes = 0;

  /** A block to pack transactions in. */
  take(): PackedTransactions {
    const block = this.#blocks.pop();
    if (block === undefined) return new PackedTransactions();
    this.#bytes -= block.memoryBytes;
    return block;
  }

  /** Takes a block that nobody asks for transactions any more. */
  give(block: PackedTransactions): void {
    if (this.#bytes + block.memoryBytes > KEPT_BYTES_MAX) return;
    block.clear();
    this.#blocks.push(block);
    this.#bytes += block.memoryBytes;
  }
}

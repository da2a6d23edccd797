/** What a server does beside its peer while it follows or leads: its connections, and the requests of its clients. */
import type { Zxid } from '../broadcast/zxid.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import type { Refusal } from '../protocol/effects.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import type { Message } from '../protocol/messages.ts';
import type { TransactionRecord } from '../wire/transaction-record.ts';
import type { Replication } from './clients/replication.ts';

export interface RoleHost extends Replication {
  /** Puts a message of the peer on the connection with a server. */
  send(to: ServerId, message: Message): void;
  /** Closes the connection with a server. */
  disconnect(peer: ServerId, reason: Refusal): void;
  /** The peer is in phase BROADCAST: requests can be taken. */
  activate(): void;
  /** What this server itself has proposed under that zxid, the next one that is delivered; it need not be decoded. */
  prepared(zxid: Zxid): TransactionRecord | undefined;
  /** A transaction was applied to the state of this server. */
  applied(transaction: Transaction, record: TransactionRecord): void;
  /** All effects of an event were carried out. */
  settled(): void;
  /** Every half tick: looks at the time. */
  tick(): void;
  /** Closes all connections. */
  close(): void;
}

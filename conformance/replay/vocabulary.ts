/** The specification's constants, and the implementation's ids, payloads, transactions and messages in its values. */
import { PayloadRun } from '../../impl/broadcast/payload-run.ts';
import { bytesOf, payloadsEqual } from '../../impl/broadcast/payload.ts';
import { arrayOf } from '../../impl/broadcast/transaction-list.ts';
import type { Transaction } from '../../impl/broadcast/transaction.ts';
import type { Zxid } from '../../impl/broadcast/zxid.ts';
import type { ServerId } from '../../impl/protocol/ensemble.ts';
import type { Message } from '../../impl/protocol/messages.ts';
import { TlaError } from '../tla/errors.ts';
import type { Specification } from '../tla/specification.ts';
import { elementsOf, enumerated } from '../tla/values/sets.ts';
import { format } from '../tla/values/format.ts';
import { makeRecord } from '../tla/values/functions.ts';
import { makeFunction } from '../tla/values/tabulation.ts';
import { emptyTuple, isSet, TupleValue, type EnumeratedSet, type Value } from '../tla/values/value.ts';
import { wholeHistory } from './disk.ts';

export class Vocabulary {
  readonly specification: Specification;
  /** `Server`; the peer of the i-th one has the id i + 1. */
  readonly servers: readonly Value[];
  readonly serverSet: EnumeratedSet;
  readonly none: Value;
  /** `Value`, each with the payload that stands for it. */
  readonly values: readonly Value[];
  readonly payloads: readonly Uint8Array[];
  /** Each payload by itself, as a server gives what it has encoded to its peer. */
  readonly requests: readonly PayloadRun[];
  private readonly messages = new WeakMap<Message, Value>();
  private readonly transactions = new WeakMap<Transaction, Value>();

  constructor(specification: Specification) {
    this.specification = specification;
    this.serverSet = enumerated(this.constantSet('Server'));
    this.servers = this.serverSet.elements;
    this.values = elementsOf(this.constantSet('Value'));
    this.none = specification.evaluateConstant('None');
    this.payloads = this.values.map((value) => new TextEncoder().encode(nameOf(value)));
    this.requests = this.payloads.map((bytes) => new PayloadRun(bytes, Uint32Array.of(0, bytes.length)));
  }

  /** Number of a server of the specification, from 0. */
  serverIndex(server: Value | undefined): number {
    const index = server === undefined ? -1 : this.servers.indexOf(server);
    if (index < 0) throw new TlaError('configuration', 'an action’s parameter is no element of Server');
    return index;
  }

  /** The payload that stands for a value of the specification, by itself. */
  requestOf(value: Value | undefined): PayloadRun {
    const request = value === undefined ? undefined : this.requests[this.values.indexOf(value)];
    if (request === undefined)
      throw new TlaError('configuration', 'an action’s parameter is no element of Value');
    return request;
  }

  server(id: ServerId): Value {
    return present(this.servers[id - 1], `server ${id}`);
  }

  /** `[s \in Server |-> items[s]]`. */
  perServer(items: readonly Value[]): Value {
    return makeFunction(this.serverSet, items);
  }

  text(text: string): Value {
    return this.specification.interner.string(text);
  }

  record(fields: Readonly<Record<string, Value>>): Value {
    return makeRecord(
      Object.entries(fields).map(
        ([name, value]) => [this.specification.interner.string(name), value] as const,
      ),
    );
  }

  zxid({ epoch, counter }: Zxid): Value {
    return this.record({ epoch, counter });
  }

  transaction(transaction: Transaction): Value {
    let value = this.transactions.get(transaction);
    if (value === undefined) {
      const index = this.payloads.findIndex((payload) => payloadsEqual(payload, transaction.payload));
      // A payload that nobody proposed is shown as it is, and equals no value of the specification.
      const content =
        this.values[index] ??
        this.text(`payload ${Buffer.from(bytesOf(transaction.payload)).toString('hex')}`);
      value = this.record({ zxid: this.zxid(transaction.zxid), value: content });
      this.transactions.set(transaction, value);
    }
    return value;
  }

  history(history: readonly Transaction[]): Value {
    return history.length === 0 ? emptyTuple : new TupleValue(history.map((item) => this.transaction(item)));
  }

  channel(messages: readonly Message[]): Value {
    return messages.length === 0 ? emptyTuple : new TupleValue(messages.map((item) => this.message(item)));
  }

  message(message: Message): Value {
    let value = this.messages.get(message);
    if (value === undefined) {
      value = this.record({ type: this.text(message.type), ...this.contents(message) });
      this.messages.set(message, value);
    }
    return value;
  }

  private contents(message: Message): Readonly<Record<string, Value>> {
    switch (message.type) {
      case 'FOLLOWERINFO':
      case 'LEADERINFO':
        return { epoch: message.epoch };
      case 'ACKEPOCH':
        return { epoch: message.epoch, zxid: this.zxid(message.zxid) };
      case 'DIFF':
      case 'UPTODATE':
        return {};
      case 'TRUNC':
      case 'COMMIT':
      case 'NEWLEADER':
      case 'ACK':
        return { zxid: this.zxid(message.zxid) };
      case 'SNAP':
        return { history: this.history(wholeHistory(message.history)) };
      case 'PROPOSAL': {
        const { transactions } = message;
        const [only] = transactions;
        // One action proposes one transaction: of a run the specification knows nothing.
        if (only === undefined || transactions.length > 1)
          return { run: this.history(arrayOf(transactions)) };
        return { txn: this.transaction(only) };
      }
    }
  }

  private constantSet(name: string): ReturnType<typeof enumerated> {
    const value = this.specification.evaluateConstant(name);
    if (!isSet(value)) throw new TlaError('configuration', `the constant ${name} of the model is not a set`);
    return enumerated(value);
  }
}

function nameOf(value: Value): string {
  if (typeof value === 'object' && value.kind === 'model') return value.name;
  if (typeof value === 'object' && value.kind === 'string') return value.text;
  return format(value);
}

function present<T>(item: T | undefined, what: string): T {
  if (item === undefined) throw new RangeError(`there is no ${what}`);
  return item;
}

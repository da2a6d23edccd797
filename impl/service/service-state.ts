/**
 * What Zab replicates: the tree and the sessions. Every server applies the same transactions in the same order; the state
 * depends on nothing else.
 */
import { ErrorCode } from '../wire/client-reply.ts';
import type { CreatedNode, MultiTransaction, TransactionBody } from '../wire/transaction-body.ts';
import type { TransactionHeader, TransactionRecord } from '../wire/transaction-record.ts';
import { ZERO_ZXID, type Zxid } from '../broadcast/zxid.ts';
import { DataTree, type Node } from './data-tree.ts';
import { CONTAINER, NO_OWNER, ownerOfTtl } from './node-owner.ts';

/** What came of a transaction: what the client that asked for it is told. */
export interface Applied {
  /** One of `ErrorCode`. */
  readonly error: number;
  /** The node that was created. */
  readonly path?: string;
  /** The node as it is now; its children change with the next transaction. */
  readonly node?: Node;
}

const DONE: Applied = { error: ErrorCode.OK };
const NO_NODE: Applied = { error: ErrorCode.NO_NODE };

export class ServiceState {
  readonly tree: DataTree;
  /** Timeouts in milliseconds, by session id. */
  readonly #sessions: Map<bigint, number>;
  #lastZxid: Zxid;

  constructor(
    tree = DataTree.initial(),
    sessions: ReadonlyMap<bigint, number> = new Map(),
    lastZxid = ZERO_ZXID,
  ) {
    this.tree = tree;
    this.#sessions = new Map(sessions);
    this.#lastZxid = lastZxid;
  }

  get sessions(): ReadonlyMap<bigint, number> {
    return this.#sessions;
  }

  /** The zxid of the last transaction that was applied. */
  get lastZxid(): Zxid {
    return this.#lastZxid;
  }

  apply({ header, body }: TransactionRecord): Applied {
    this.#lastZxid = header.zxid;
    return this.#perform(header, body);
  }

  #perform(header: TransactionHeader, body: TransactionBody): Applied {
    const { zxid, time, sessionId } = header;
    const { tree } = this;
    switch (body.type) {
      case 'create':
      case 'create2':
        return this.#create(header, body, body.ephemeral ? sessionId : NO_OWNER);
      case 'createContainer':
        return this.#create(header, body, CONTAINER);
      case 'createTTL':
        return this.#create(header, body, ownerOfTtl(body.ttlMs));
      case 'delete':
      case 'deleteContainer':
        return tree.delete(body.path, zxid) ? DONE : NO_NODE;
      case 'setData':
      case 'reconfig':
        return tree.setData(body.path, body.data, body.version, zxid, time) ? this.#told(body.path) : NO_NODE;
      case 'setACL':
        return tree.setAcl(body.path, body.acl, body.version) ? this.#told(body.path) : NO_NODE;
      case 'check':
        return DONE;
      case 'multi':
        return this.#performAll(header, body);
      case 'createSession':
        this.#sessions.set(sessionId, body.timeoutMs);
        return DONE;
      case 'closeSession':
        this.#closeSession(sessionId, body.paths, zxid);
        return DONE;
      case 'error':
        return { error: body.code };
      case 'unknown':
        // It is part of the history all the same; what it would have changed is not known here.
        return { error: ErrorCode.UNIMPLEMENTED };
    }
  }

  /** All parts or, when the leader has found that one cannot be and made it an error, none. */
  #performAll(header: TransactionHeader, { parts }: MultiTransaction): Applied {
    const errors = parts.flatMap((part) => (part.type === 'error' ? [part.code] : []));
    // Parts before the one that failed are errors too, with the code that says that nothing is wrong.
    if (errors.length > 0) return { error: errors.find((code) => code !== ErrorCode.OK) ?? ErrorCode.OK };
    let first = DONE;
    for (const part of parts) {
      const applied = this.#perform(header, part);
      if (first.error === ErrorCode.OK && applied.error !== ErrorCode.OK) first = { error: applied.error };
    }
    return first;
  }

  #create({ zxid, time }: TransactionHeader, body: CreatedNode, owner: bigint): Applied {
    const made = { data: body.data, acl: body.acl, owner };
    switch (this.tree.create(body.path, made, body.parentCversion, zxid, time)) {
      case 'created':
        return this.#told(body.path);
      case 'exists':
        return { error: ErrorCode.NODE_EXISTS };
      case 'no parent':
        return NO_NODE;
    }
  }

  #closeSession(sessionId: bigint, paths: readonly string[] | undefined, zxid: Zxid): void {
    this.#sessions.delete(sessionId);
    for (const path of paths ?? []) this.tree.delete(path, zxid);
    for (const path of this.tree.ephemeralsOf(sessionId)) this.tree.delete(path, zxid);
  }

  #told(path: string): Applied {
    const node = this.tree.get(path);
    return node === undefined ? NO_NODE : { error: ErrorCode.OK, path, node };
  }
}

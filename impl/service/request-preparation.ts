/**
 * What a leader does with a request to write: it decides, once for all servers, what becomes of it. The transaction that
 * it makes says outright what changes, so that applying it needs no decision.
 *
 * The decision is made against the tree as it will be once all that was proposed before is applied: a view of the tree
 * with the changes that are under way on top.
 */
import type { Acl } from '../wire/acl.ts';
import { ErrorCode } from '../wire/client-reply.ts';
import type { Operation } from '../wire/client-request.ts';
import type { TransactionBody } from '../wire/transaction-body.ts';
import { Fifo } from '../broadcast/fifo.ts';
import { zxidLess, type Zxid } from '../broadcast/zxid.ts';
import { isAllowed, isValidAcl, Permission, type Identity } from './access.ts';
import type { DataTree } from './data-tree.ts';
import { sessionOf } from './node-owner.ts';
import { parentOf, pathFault } from './node-path.ts';

/** What a decision needs to know of a node. */
interface PreparedNode {
  readonly version: number;
  /** Children ever created. */
  readonly cversion: number;
  readonly childCount: number;
  readonly ephemeral: boolean;
  readonly acl: readonly Acl[];
}

/** A change that is proposed and may not be applied yet. `undefined`: the node is gone. */
interface PendingChange {
  readonly node: PreparedNode | undefined;
  readonly zxid: Zxid;
}

export type WriteOperation = Extract<
  Operation,
  { readonly type: 'create' | 'create2' | 'delete' | 'setData' }
>;

export class RequestPreparation {
  readonly #tree: DataTree;
  /** The last change of each path. */
  readonly #pending = new Map<string, PendingChange>();
  /** All changes, in the order of their zxids. */
  readonly #changes = new Fifo<{ readonly path: string; readonly change: PendingChange }>();

  constructor(tree: DataTree) {
    this.#tree = tree;
  }

  /**
   * The transaction for a request, which will have that zxid: what was asked for, or the error that it meets. Everything
   * prepared is proposed, in order.
   */
  prepare(operation: WriteOperation, identities: readonly Identity[], zxid: Zxid): TransactionBody {
    const { path } = operation;
    // A path under which there is, or was, a node need not be looked through again.
    if (!this.#isKnown(path) && pathFault(path) !== undefined) return failed(ErrorCode.BAD_ARGUMENTS);
    switch (operation.type) {
      case 'create':
      case 'create2':
        return this.#create(operation, identities, zxid);
      case 'delete':
        return this.#delete(operation, identities, zxid);
      case 'setData':
        return this.#setData(operation, identities, zxid);
    }
  }

  /**
   * The ephemeral nodes that a session will have when it is closed by the transaction of that zxid. They go with it.
   */
  closeSession(sessionId: bigint, zxid: Zxid): readonly string[] {
    const paths = this.#tree.ephemeralsOf(sessionId).filter((path) => this.#look(path)?.ephemeral === true);
    for (const path of paths) {
      const parentPath = parentOf(path);
      const parent = this.#look(parentPath);
      if (parent !== undefined) {
        this.#change(parentPath, { ...parent, childCount: parent.childCount - 1 }, zxid);
      }
      this.#change(path, undefined, zxid);
    }
    return paths;
  }

  /** The transactions up to that zxid are applied: the tree itself knows of them. */
  applied(zxid: Zxid): void {
    for (let first = this.#changes.first; first !== undefined; first = this.#changes.first) {
      const { path, change } = first;
      if (zxidLess(zxid, change.zxid)) break;
      if (this.#pending.get(path) === change) this.#pending.delete(path);
      this.#changes.shift();
    }
  }

  #create(
    operation: Extract<WriteOperation, { readonly type: 'create' | 'create2' }>,
    identities: readonly Identity[],
    zxid: Zxid,
  ): TransactionBody {
    const { type, path, data, acl, flags } = operation;
    if (flags !== 0) return failed(ErrorCode.UNIMPLEMENTED);
    if (!isValidAcl(acl)) return failed(ErrorCode.INVALID_ACL);
    const parentPath = parentOf(path);
    const parent = this.#look(parentPath);
    if (path === '/') return failed(ErrorCode.NODE_EXISTS);
    if (parent === undefined) return failed(ErrorCode.NO_NODE);
    if (!isAllowed(parent.acl, Permission.CREATE, identities)) return failed(ErrorCode.NO_AUTH);
    if (this.#look(path) !== undefined) return failed(ErrorCode.NODE_EXISTS);
    if (parent.ephemeral) return failed(ErrorCode.NO_CHILDREN_FOR_EPHEMERALS);
    const cversion = parent.cversion + 1;
    this.#change(parentPath, { ...parent, cversion, childCount: parent.childCount + 1 }, zxid);
    this.#change(path, { version: 0, cversion: 0, childCount: 0, ephemeral: false, acl }, zxid);
    return { type, path, data, acl, ephemeral: false, parentCversion: cversion };
  }

  #delete(
    { path, version }: Extract<WriteOperation, { readonly type: 'delete' }>,
    identities: readonly Identity[],
    zxid: Zxid,
  ): TransactionBody {
    // The root, and what every service begins with, stay.
    if (path === '/' || path === '/zookeeper') return failed(ErrorCode.BAD_ARGUMENTS);
    const parentPath = parentOf(path);
    const parent = this.#look(parentPath);
    const node = this.#look(path);
    if (parent === undefined || node === undefined) return failed(ErrorCode.NO_NODE);
    if (!isAllowed(parent.acl, Permission.DELETE, identities)) return failed(ErrorCode.NO_AUTH);
    if (version !== -1 && version !== node.version) return failed(ErrorCode.BAD_VERSION);
    if (node.childCount > 0) return failed(ErrorCode.NOT_EMPTY);
    this.#change(parentPath, { ...parent, childCount: parent.childCount - 1 }, zxid);
    this.#change(path, undefined, zxid);
    return { type: 'delete', path };
  }

  #setData(
    { path, data, version }: Extract<WriteOperation, { readonly type: 'setData' }>,
    identities: readonly Identity[],
    zxid: Zxid,
  ): TransactionBody {
    const node = this.#look(path);
    if (node === undefined) return failed(ErrorCode.NO_NODE);
    if (!isAllowed(node.acl, Permission.WRITE, identities)) return failed(ErrorCode.NO_AUTH);
    if (version !== -1 && version !== node.version) return failed(ErrorCode.BAD_VERSION);
    const next = node.version + 1;
    const { cversion, childCount, ephemeral, acl } = node;
    this.#change(path, { version: next, cversion, childCount, ephemeral, acl }, zxid);
    return { type: 'setData', path, data, version: next };
  }

  #isKnown(path: string): boolean {
    return this.#pending.has(path) || this.#tree.get(path) !== undefined;
  }

  /** The node as it will be. */
  #look(path: string): PreparedNode | undefined {
    const pending = this.#pending.get(path);
    if (pending !== undefined) return pending.node;
    const node = this.#tree.get(path);
    if (node === undefined) return undefined;
    return {
      version: node.stat.version,
      cversion: node.stat.cversion,
      childCount: node.children.size,
      ephemeral: sessionOf(node.stat.ephemeralOwner) !== undefined,
      acl: node.acl,
    };
  }

  #change(path: string, node: PreparedNode | undefined, zxid: Zxid): void {
    const change = { node, zxid };
    this.#pending.set(path, change);
    this.#changes.push({ path, change });
  }
}

function failed(code: number): TransactionBody {
  return { type: 'error', code };
}

/**
 * The tree of nodes that clients see. What changes it are transactions, which say outright what becomes of each version
 * number, so that applying one again, or to a tree that is a little ahead, does no harm.
 */
import { OPEN_ACL, type Acl } from '../wire/acl.ts';
import type { Stat, StoredStat } from '../wire/stat.ts';
import { compareZxids, ZERO_ZXID, type Zxid } from '../broadcast/zxid.ts';
import { keptData } from './node-data.ts';
import { sessionOf } from './node-owner.ts';
import { nameOf, parentOf } from './node-path.ts';

/** A node. Immutable but for its children: a change puts another node in its place, so that a snapshot can go on. */
export interface Node {
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly stat: StoredStat;
  /** Names of the children. */
  readonly children: Set<string>;
}

const READ_ACL: readonly Acl[] = [{ permissions: 1, scheme: 'world', id: 'anyone' }];

const NEW_STAT: StoredStat = {
  czxid: ZERO_ZXID,
  mzxid: ZERO_ZXID,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: 0n,
  pzxid: ZERO_ZXID,
};

export class DataTree {
  /** By path. A parent stands before its children: it is there first, and a node with children is not removed. */
  readonly #nodes = new Map<string, Node>();
  readonly #ephemerals = new Map<bigint, Set<string>>();

  /** The tree that every service begins with. */
  static initial(): DataTree {
    const tree = new DataTree();
    for (const path of ['/', '/zookeeper', '/zookeeper/quota']) tree.put(path, emptyNode(OPEN_ACL));
    tree.put('/zookeeper/config', emptyNode(READ_ACL));
    return tree;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(path: string): Node | undefined {
    return this.#nodes.get(path);
  }

  /** All nodes with their paths, parents first, as they are now: later changes do not show. */
  entries(): readonly (readonly [string, Node])[] {
    return [...this.#nodes];
  }

  /** Paths of the ephemeral nodes of a session. */
  ephemeralsOf(sessionId: bigint): readonly string[] {
    return [...(this.#ephemerals.get(sessionId) ?? [])];
  }

  /** Puts a node where there is none; its parent, unless it is the root, is there. */
  put(path: string, node: Node): void {
    this.#nodes.set(path, node);
    if (path !== '/') this.#nodes.get(parentOf(path))?.children.add(nameOf(path));
    const owner = sessionOf(node.stat.ephemeralOwner);
    if (owner === undefined) return;
    const owned = this.#ephemerals.get(owner);
    if (owned === undefined) this.#ephemerals.set(owner, new Set([path]));
    else owned.add(path);
  }

  /** Creates a node; `parentCversion` is the parent's count of creations after it, -1 for one more than it is. */
  create(
    path: string,
    made: { readonly data: Uint8Array | null; readonly acl: readonly Acl[]; readonly owner: bigint },
    parentCversion: number,
    zxid: Zxid,
    time: number,
  ): 'created' | 'no parent' | 'exists' {
    const parent = this.#nodes.get(parentOf(path));
    if (parent === undefined) return 'no parent';
    if (this.#nodes.has(path)) return 'exists';
    const cversion = parentCversion === -1 ? parent.stat.cversion + 1 : parentCversion;
    if (cversion > parent.stat.cversion) {
      this.replace(parentOf(path), { stat: { ...parent.stat, cversion, pzxid: zxid } });
    }
    this.put(path, {
      data: keptData(made.data),
      acl: made.acl,
      stat: {
        ...NEW_STAT,
        czxid: zxid,
        mzxid: zxid,
        ctime: time,
        mtime: time,
        pzxid: zxid,
        ephemeralOwner: made.owner,
      },
      children: new Set(),
    });
    return 'created';
  }

  /** Has no node hold on to more than its data, as `keptData` says. To be called now and then, such as before a snapshot. */
  releaseChunks(): void {
    for (const [path, { data }] of this.#nodes) {
      const kept = keptData(data);
      if (kept !== data) this.replace(path, { data: kept });
    }
  }

  /** False when there is no such node. */
  delete(path: string, zxid: Zxid): boolean {
    const node = this.#nodes.get(path);
    const parent = this.#nodes.get(parentOf(path));
    if (parent !== undefined && compareZxids(zxid, parent.stat.pzxid) > 0) {
      this.replace(parentOf(path), { stat: { ...parent.stat, pzxid: zxid } });
    }
    parent?.children.delete(nameOf(path));
    if (node === undefined) return false;
    this.#nodes.delete(path);
    const owner = sessionOf(node.stat.ephemeralOwner);
    if (owner !== undefined) this.#forgetEphemeral(owner, path);
    return true;
  }

  /**
   * False when there is no such node. The data are not copied out of what they came in: most are changed again before
   * `releaseChunks` does it, and a copy of each takes a sixth of a server's throughput.
   */
  setData(path: string, data: Uint8Array | null, version: number, zxid: Zxid, time: number): boolean {
    const node = this.#nodes.get(path);
    if (node === undefined) return false;
    const { acl, children, stat } = node;
    // Field by field: copying by `...` is several times as slow, and this is what most transactions do.
    const changed: StoredStat = {
      czxid: stat.czxid,
      mzxid: zxid,
      ctime: stat.ctime,
      mtime: time,
      version,
      cversion: stat.cversion,
      aversion: stat.aversion,
      ephemeralOwner: stat.ephemeralOwner,
      pzxid: stat.pzxid,
    };
    this.#nodes.set(path, { data, acl, stat: changed, children });
    return true;
  }

  /** Puts another ACL in place; `version` is that of the ACL after it. False when there is no such node. */
  setAcl(path: string, acl: readonly Acl[], version: number): boolean {
    const node = this.#nodes.get(path);
    if (node === undefined) return false;
    this.replace(path, { acl, stat: { ...node.stat, aversion: version } });
    return true;
  }

  /** Changes fields of a node that is there. */
  replace(path: string, change: Partial<Omit<Node, 'children'>>): void {
    const node = this.#nodes.get(path);
    if (node !== undefined) this.#nodes.set(path, { ...node, ...change });
  }

  #forgetEphemeral(owner: bigint, path: string): void {
    const owned = this.#ephemerals.get(owner);
    owned?.delete(path);
    if (owned?.size === 0) this.#ephemerals.delete(owner);
  }
}

function emptyNode(acl: readonly Acl[]): Node {
  return { data: new Uint8Array(0), acl, stat: NEW_STAT, children: new Set() };
}

/**
 * What a client is told of a node. `cversion` is stored as the number of children ever created, and told as the number
 * of changes: creations and deletions.
 */
export function statOf({ data, stat, children }: Node): Stat {
  return {
    czxid: stat.czxid,
    mzxid: stat.mzxid,
    ctime: stat.ctime,
    mtime: stat.mtime,
    version: stat.version,
    cversion: stat.cversion * 2 - children.size,
    aversion: stat.aversion,
    ephemeralOwner: stat.ephemeralOwner,
    pzxid: stat.pzxid,
    dataLength: data?.length ?? 0,
    numChildren: children.size,
  };
}

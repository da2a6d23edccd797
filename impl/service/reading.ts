/** What reads say: of the state as it is at the server that a client is connected to. */
import { ErrorCode, type Reply } from '../wire/client-reply.ts';
import type { ReadOperation } from '../wire/client-request.ts';
import { isAllowed, Permission, type Identity } from './access.ts';
import { statOf } from './data-tree.ts';
import type { ServiceState } from './service-state.ts';

/** The part of a reply that an operation decides. */
export type Answer = Pick<Reply, 'error' | 'result'>;

/** An answer that says no more than whether there was an error. */
export function withoutResult(error: number): Answer {
  return { error, result: { type: 'nothing' } };
}

/** Reads a node for a client with these identities. That a node exists, and its Stat, anybody may know, as in ZooKeeper 3.8. */
export function read(state: ServiceState, operation: ReadOperation, identities: readonly Identity[]): Answer {
  const node = state.tree.get(operation.path);
  if (node === undefined) return withoutResult(ErrorCode.NO_NODE);
  if (operation.type !== 'exists' && !isAllowed(node.acl, Permission.READ, identities)) {
    return withoutResult(ErrorCode.NO_AUTH);
  }
  switch (operation.type) {
    case 'exists':
      return done({ type: 'stat', stat: statOf(node) });
    case 'getData':
      return done({ type: 'data', data: node.data, stat: statOf(node) });
    case 'getChildren':
      return done({ type: 'children', children: [...node.children] });
    case 'getChildren2':
      return done({ type: 'childrenAndStat', children: [...node.children], stat: statOf(node) });
  }
}

function done(result: Reply['result']): Answer {
  return { error: ErrorCode.OK, result };
}

/** What became of a write, and what its client is told of it. */
import { statOf } from '../../service/data-tree.ts';
import { withoutResult, type Answer } from '../../service/reading.ts';
import type { Applied } from '../../service/service-state.ts';
import { ErrorCode } from '../../wire/client-reply.ts';
import { OperationNumber } from '../../wire/client-request.ts';
import { typeNumber, type TransactionBody } from '../../wire/transaction-body.ts';
import type { PendingWrite } from './request-queue.ts';

/**
 * Is this what became of that write? The client's number says so; the type keeps apart what a client that numbers from 1
 * on each of its connections had asked for at another server.
 */
export function isOutcomeOf(
  { cxid, type }: PendingWrite,
  transactionCxid: number,
  body: TransactionBody,
): boolean {
  if (cxid !== transactionCxid) return false;
  return body.type === 'error' || type === typeNumber(body);
}

/** What a client is told of a write, as soon as it is applied. */
export function writeAnswer({ type }: PendingWrite, { error, path, node }: Applied): Answer {
  if (error !== ErrorCode.OK) return withoutResult(error);
  if (type === OperationNumber.create && path !== undefined) return { error, result: { type: 'path', path } };
  if (type === OperationNumber.create2 && path !== undefined && node !== undefined) {
    return { error, result: { type: 'pathAndStat', path, stat: statOf(node) } };
  }
  if (type === OperationNumber.setData && node !== undefined)
    return { error, result: { type: 'stat', stat: statOf(node) } };
  return withoutResult(error);
}

/** Why a request of a client has no result. */
import { ErrorCode } from '../wire/client-reply.ts';

const NAMES = new Map<number, string>(Object.entries(ErrorCode).map(([name, code]) => [code, name]));

/** What the service answered instead of a result. */
export class ServiceError extends Error {
  /** One of `ErrorCode`, or a number that is not known here. */
  readonly code: number;
  /** The name of the code in ZooKeeper, such as NO_NODE. */
  readonly codeName: string;

  constructor(code: number, operation: string, path?: string) {
    const codeName = NAMES.get(code) ?? String(code);
    super(`${operation}${path === undefined ? '' : ` ${path}`}: ${codeName}`);
    this.name = 'ServiceError';
    this.code = code;
    this.codeName = codeName;
  }
}

/**
 * The connection broke before the answer came. Whether a write took effect is not known: it may have, and reading tells.
 */
export class ConnectionLostError extends Error {
  constructor(operation: string, reason: string) {
    super(`${operation}: the connection was lost: ${reason}`);
    this.name = 'ConnectionLostError';
  }
}

/** The session is over: closed, or expired. Nothing can be asked in it any more. */
export class SessionOverError extends Error {
  constructor(reason: string) {
    super(`the session is over: ${reason}`);
    this.name = 'SessionOverError';
  }
}

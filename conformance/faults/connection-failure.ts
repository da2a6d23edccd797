/** Errors that faults explain: the server could not be reached, or the connection or the session ended. */
import { ConnectionLostError, SessionOverError } from '../../impl/client/errors.ts';

export function isConnectionFailure(error: unknown): boolean {
  return error instanceof ConnectionLostError || error instanceof SessionOverError || isSystemError(error);
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

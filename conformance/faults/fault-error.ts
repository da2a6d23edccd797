/** What was waited for did not come in time, or a server that should run has ended. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}

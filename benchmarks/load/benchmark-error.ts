/** A benchmark could not be brought to its end: a server has ended, a connection was lost. One sentence. */
export class BenchmarkError extends Error {
  override readonly name = 'BenchmarkError';
}

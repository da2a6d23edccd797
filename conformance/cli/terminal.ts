import { INTERRUPTED, WRONG_INPUT } from './failure.ts';

/** What a command talks to: the process's own streams, or a test's. */
export interface Terminal {
  out(text: string): void;
  /** Standard error. */
  note(text: string): void;
  /** Whether standard error is a terminal, where progress may be shown and wiped out again. */
  readonly interactive: boolean;
  /** Aborted when the person at the terminal wants to stop. */
  readonly signal: AbortSignal;
}

/**
 * The terminal of this process. Once a command has asked for the signal, the first interrupt aborts it and the second ends
 * the process at once; before that an interrupt ends the process, as it does any other.
 */
export function processTerminal(): Terminal {
  let controller: AbortController | undefined;
  const listen = (): AbortController => {
    const created = new AbortController();
    const interrupted = (): void => {
      if (created.signal.aborted) process.exit(INTERRUPTED);
      created.abort();
    };
    process.on('SIGINT', interrupted);
    process.on('SIGTERM', interrupted);
    return created;
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, as `head` has: the work goes on, and its status still says how it ended.
    if (error.code === 'EPIPE') return;
    process.stderr.write(`zab: cannot write to standard output (${error.code ?? error.message})\n`);
    process.exit(WRONG_INPUT);
  });
  process.stderr.on('error', () => undefined);
  return {
    out: (text) => process.stdout.write(text),
    note: (text) => process.stderr.write(text),
    interactive: process.stderr.isTTY,
    get signal() {
      controller ??= listen();
      return controller.signal;
    },
  };
}

/** Ends when the person at the terminal wants to stop. */
export function interrupted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
}

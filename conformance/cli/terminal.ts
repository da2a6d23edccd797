/** What a command talks to: the process's own streams, or a test's. */
export interface Terminal {
  out(text: string): void;
  /** Standard error. */
  note(text: string): void;
  /** Whether standard error is a terminal, where progress may be shown and wiped out again. */
  readonly interactive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the person at the terminal wants to stop. */
  readonly signal: AbortSignal;
}

/** The terminal of this process. The first interrupt aborts the signal; the second ends the process at once. */
export function processTerminal(): Terminal {
  const controller = new AbortController();
  const interrupted = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  return {
    out: (text) => process.stdout.write(text),
    note: (text) => process.stderr.write(text),
    interactive: process.stderr.isTTY,
    env: process.env,
    signal: controller.signal,
  };
}

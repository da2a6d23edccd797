/** A terminal for tests, which keeps what is written to it. */
import type { Terminal } from './terminal.ts';

export interface CapturedTerminal {
  readonly terminal: Terminal;
  output(): string;
  errors(): string;
  /** As a person's interrupt would. */
  interrupt(): void;
}

export function capture(interactive = false): CapturedTerminal {
  const out: string[] = [];
  const notes: string[] = [];
  const controller = new AbortController();
  return {
    terminal: {
      out: (text) => out.push(text),
      note: (text) => notes.push(text),
      interactive,
      signal: controller.signal,
    },
    output: () => out.join(''),
    errors: () => notes.join(''),
    interrupt: () => {
      controller.abort();
    },
  };
}

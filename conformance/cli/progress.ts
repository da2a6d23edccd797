/** One line on standard error that is overwritten while work goes on. */
import type { Figures } from '../tla/explore/outcome.ts';
import type { Terminal } from './terminal.ts';

const WIPE = '\r\u001b[K';

export class Progress {
  private readonly terminal: Terminal;
  private readonly started = Date.now();
  private shown = false;
  private before: { readonly at: number; readonly generated: number; readonly queue: number } | undefined;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  readonly update = (figures: Figures): void => {
    const now = Date.now();
    const { generated, distinct, queue, depth } = figures;
    const since = this.before ?? { at: this.started, generated: 0, queue: 0 };
    const seconds = Math.max(0.001, (now - since.at) / 1000);
    const rate = (generated - since.generated) / seconds;
    // Only a queue that shrinks says when the end will come.
    const shrinking = (since.queue - queue) / seconds;
    const left = shrinking > 0 ? `, about ${duration(queue / shrinking)} left` : '';
    this.before = { at: now, generated, queue };
    this.show(
      `depth ${depth}, ${grouped(generated)} generated (${grouped(Math.round(rate))}/s), ` +
        `${grouped(distinct)} distinct, ${grouped(queue)} on queue${left}`,
    );
  };

  show(line: string): void {
    if (!this.terminal.interactive) return;
    this.terminal.note(`${WIPE}${line}`);
    this.shown = true;
  }

  /** Wipes the line, so that a report can follow. */
  clear(): void {
    if (this.shown) this.terminal.note(WIPE);
    this.shown = false;
  }
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

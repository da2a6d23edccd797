/** What a scenario has seen, a line each; a line says outright when it is not what must be. */

export class Report {
  readonly #write: (line: string) => void;
  /** What did not hold. */
  readonly wrong: string[] = [];
  /** What could not be looked at, and why. */
  readonly skipped: string[] = [];

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  title(text: string): void {
    this.#write(`\n${text}`);
  }

  /** Says what was seen; `fault` says what is wrong with it, if anything is. */
  saw(text: string, fault?: string): void {
    if (fault === undefined) {
      this.#write(`  ok     ${text}`);
      return;
    }
    this.wrong.push(`${text}: ${fault}`);
    this.#write(`  WRONG  ${text}: ${fault}`);
  }

  skip(text: string, reason: string): void {
    this.skipped.push(text);
    this.#write(`  SKIP   ${text}: ${reason}`);
  }
}

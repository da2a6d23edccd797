import { ModelValue, StringValue } from './value.ts';

/**
 * Strings, record fields and model values of one specification. TLC orders them by first appearance, so each gets the
 * next number when it is first named; whoever loads a specification names them in TLC's order (configuration, then
 * identifiers in the order of parsing, then string literals). Values of two interners must not be mixed.
 */
export class Interner {
  private readonly ranks = new Map<string, number>();
  private readonly strings = new Map<string, StringValue>();
  private readonly models = new Map<string, ModelValue>();
  private readonly texts: string[] = [];
  private frozenCount = Infinity;

  /** The rank of a name, given on its first mention. Strings and model values of one spelling share it. */
  rank(text: string): number {
    let rank = this.ranks.get(text);
    if (rank === undefined) {
      rank = this.ranks.size;
      this.ranks.set(text, rank);
      this.texts.push(text);
    }
    return rank;
  }

  string(text: string): StringValue {
    let value = this.strings.get(text);
    if (value === undefined) {
      value = new StringValue(text, this.rank(text));
      this.strings.set(text, value);
    }
    return value;
  }

  /** The model value of that name; `A_x` is typed by its first letter, and compares with its own type only. */
  model(name: string): ModelValue {
    let value = this.models.get(name);
    if (value === undefined) {
      const typed = name.length > 2 && name[1] === '_';
      value = new ModelValue(name, this.rank(name), typed ? name.charAt(0) : '');
      this.models.set(name, value);
    }
    return value;
  }

  /** The model value of that name, if the model has one. */
  findModel(name: string): ModelValue | undefined {
    return this.models.get(name);
  }

  /** Called when loading ends: ranks given up to here are the same in every thread. */
  freeze(): void {
    this.frozenCount = this.ranks.size;
  }

  /** True if every thread that loaded this specification gave this rank to the same name. */
  isFrozen(rank: number): boolean {
    return rank < this.frozenCount;
  }

  stringAt(rank: number): StringValue {
    return this.string(this.textAt(rank));
  }

  modelAt(rank: number): ModelValue {
    return this.model(this.textAt(rank));
  }

  private textAt(rank: number): string {
    const text = this.texts[rank];
    if (text === undefined) throw new RangeError(`no name of rank ${rank}`);
    return text;
  }
}

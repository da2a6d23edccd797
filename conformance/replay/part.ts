/** The parts of which worlds are made: each distinct one is kept once, with its text, its digest and a number. */
import { freezePlain, plainText, readPlain } from './plain-text.ts';

/** A peer's snapshot, a host or a channel. Two parts of one table are the same object when their contents are equal. */
export interface Part<T> {
  readonly content: T;
  readonly text: string;
  /** Four words that stand for the text, in every thread alike. */
  readonly digest: Uint32Array;
  /** Different for every part of a table, also after it was emptied; not the same in another thread. */
  readonly number: number;
}

/** Parts kept before a table is emptied: a bound on memory in runs of hours. */
const PARTS_MAX = 400_000;

export class PartTable<T> {
  private readonly parts = new Map<string, Part<T>>();
  private count = 0;

  /** The part with this content, which must not be written to any more. */
  partOf(content: T): Part<T> {
    const text = plainText(content);
    return this.parts.get(text) ?? this.add(text, content);
  }

  /** The part with this text, which came from a part of such a table, perhaps in another thread. */
  read(text: string): Part<T> {
    const known = this.parts.get(text);
    if (known !== undefined) return known;
    // Only texts of parts are ever read, and a part's content is a T.
    return this.add(text, readPlain(text) as T);
  }

  private add(text: string, content: T): Part<T> {
    freezePlain(content);
    if (this.parts.size >= PARTS_MAX) this.parts.clear();
    this.count += 1;
    const part = { content, text, digest: digestOf(text), number: this.count };
    this.parts.set(text, part);
    return part;
  }
}

const SEEDS = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
const FACTORS = [0x2c1b3c6d, 0x297a2d39, 0x1b56c4e9, 0x7feb352d];

/** Four lanes over the text, each with a multiplier of its own, mixed at the end. */
function digestOf(text: string): Uint32Array {
  const digest = new Uint32Array(4);
  for (let lane = 0; lane < 4; lane += 1) {
    let hash = (SEEDS[lane] ?? 0) ^ text.length;
    const factor = FACTORS[lane] ?? 1;
    for (let i = 0; i < text.length; i += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(i), factor);
      hash ^= hash >>> 15;
    }
    digest[lane] = finish(hash);
  }
  return digest;
}

/** Adds a part's digest, or a number, at the next position of a sequence. */
export function mixDigest(into: Uint32Array, part: Uint32Array): void {
  for (let lane = 0; lane < 4; lane += 1) {
    const before = into[lane] ?? 0;
    into[lane] = finish(Math.imul(before, FACTORS[lane] ?? 1) + (part[lane] ?? 0) + (SEEDS[lane] ?? 0));
  }
}

export function mixNumber(into: Uint32Array, number: number): void {
  for (let lane = 0; lane < 4; lane += 1) {
    const before = into[lane] ?? 0;
    into[lane] = finish(Math.imul(before, FACTORS[lane] ?? 1) + number + (SEEDS[lane] ?? 0));
  }
}

function finish(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}

/**
 * The links between servers that elect a leader, as the specification has them: the newest word stays on a link and can
 * be read again; a bounded number of older ones may be under way before it.
 */
import { wordsEqual, type Word } from '../../../impl/election/vote.ts';

export type Link = readonly Word[];

export const EMPTY_LINK: Link = [];

/** Spec `Put`: a word was sent. It takes the place of the newest one when as many as can be are under way. */
export function put(link: Link, word: Word, flight: number): Link {
  const newest = link.at(-1);
  if (newest !== undefined && wordsEqual(newest, word)) return link;
  return link.length <= flight ? [...link, word] : [...link.slice(0, -1), word];
}

/** Spec `Rest`: the oldest word was read. */
export function rest(link: Link): Link {
  return link.length > 1 ? link.slice(1) : link;
}

/** Spec `Cut`: the connection broke; the newest word is sent again on the next one. */
export function cut(link: Link): Link {
  return link.length > 1 ? link.slice(-1) : link;
}

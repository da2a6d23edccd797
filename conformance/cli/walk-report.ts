/** What `zab check --simulate` says of its walks, besides what any check says. */
import type { JsonValue } from '../tla/explore/companion.ts';
import type { Simulation } from '../tla/explore/random-walk.ts';

/** How the walks were asked for. */
export interface WalksAsked {
  /** The model, or the .tla file, as given. */
  readonly model: string;
  readonly seed: number;
  readonly depth: number;
}

/** States in a walk, on average. */
export function meanLength({ count, states }: Simulation['walks']): number {
  return count === 0 ? 0 : states / count;
}

/** In place of the figures of an exploration: how far the walks came, and how to repeat the one that found something. */
export function walksText({ walks, figures }: Simulation, asked: WalksAsked): string {
  const lines = [
    `${walks.count} random walks from seed ${asked.seed}, of ${asked.depth} states at most and ` +
      `${meanLength(walks).toFixed(1)} on average: ${walks.states} states visited, ${figures.distinct} distinct.`,
  ];
  if (walks.foundBy !== undefined) {
    lines.push(
      'This walk alone: npx zab check ' +
        `${asked.model} --simulate --seed ${walks.foundBy} --runs 1 --depth ${asked.depth}`,
    );
  }
  return lines.join('\n');
}

export function walksJson({ walks }: Simulation, asked: WalksAsked): JsonValue {
  return {
    seed: asked.seed,
    count: walks.count,
    lengthMax: asked.depth,
    lengthMean: meanLength(walks),
    states: walks.states,
    foundBySeed: walks.foundBy ?? null,
  };
}

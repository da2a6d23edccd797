import type { Binding } from './binding.ts';
import type { Draft } from './draft.ts';
import type { Projection } from './projection.ts';
import type { Vocabulary } from './vocabulary.ts';
import type { WorldParts } from './world.ts';

/** What the parts of one thread's lockstep share. The draft is free between two edges. */
export interface Scene {
  readonly vocabulary: Vocabulary;
  readonly projection: Projection;
  readonly parts: WorldParts;
  readonly draft: Draft;
  readonly binding: Binding;
}

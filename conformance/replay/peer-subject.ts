/** The peer of `impl/protocol`, held to Zab.tla. */
import { BOUND_ACTIONS } from './binding.ts';
import { explainRemembered } from './driver.ts';
import { VARIABLES } from './projection.ts';
import type { Subject } from './subject.ts';

export const PEER: Subject = {
  module: 'Zab',
  variables: VARIABLES,
  actions: BOUND_ACTIONS,
  companion: new URL('./lockstep.ts', import.meta.url).href,
  sources: ['impl/protocol', 'impl/broadcast', 'conformance/replay'],
  crashPrefixes: true,
  replayed: true,
  explainRemembered,
};

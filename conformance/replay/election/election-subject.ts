/** The election of `impl/election`, held to FastLeaderElection.tla. */
import type { Subject } from '../subject.ts';
import { ELECTION_ACTIONS } from './election-binding.ts';
import { explainRemembered } from './election-lockstep.ts';
import { ELECTION_VARIABLES } from './election-vocabulary.ts';

export const ELECTION: Subject = {
  module: 'FastLeaderElection',
  variables: ELECTION_VARIABLES,
  actions: ELECTION_ACTIONS,
  companion: new URL('./election-lockstep.ts', import.meta.url).href,
  sources: ['impl/election', 'impl/broadcast', 'conformance/replay', 'conformance/replay/election'],
  crashPrefixes: false,
  replayed: false,
  explainRemembered,
};

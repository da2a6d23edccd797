/** Which part of the implementation a model is about. */
import type { Specification } from '../tla/specification.ts';
import { ELECTION } from './election/election-subject.ts';
import { PEER } from './peer-subject.ts';
import type { Subject } from './subject.ts';

export const SUBJECTS: readonly Subject[] = [PEER, ELECTION];

/** The one whose variables the specification has; undefined: nothing in the implementation stands for it. */
export function subjectOf({ variables }: Specification): Subject | undefined {
  return SUBJECTS.find((subject) => subject.variables.every((variable) => variables.includes(variable)));
}

import { beforeAll, expect, it } from 'vitest';

import { findModel, readModel } from '../cli/models.ts';
import { loadModel } from '../tla/explore/model-check.ts';
import { findWitness } from '../tla/explore/witness.ts';
import type { State } from '../tla/specification.ts';
import { Binding, type Performed } from './binding.ts';
import { CrashPrefixes } from './crash-prefixes.ts';
import { Draft } from './draft.ts';
import type { MismatchFacts } from './mismatch.ts';
import { Projection } from './projection.ts';
import { Vocabulary } from './vocabulary.ts';
import { WorldParts, type World } from './world.ts';

// A follower that answers LEADERINFO: it stores acceptedEpoch, then sends ACKEPOCH.
let check: (change: (performed: Performed) => Performed) => MismatchFacts | undefined;

beforeAll(async () => {
  const { specification, codec } = await loadModel(await readModel(findModel('quick')), () => undefined);
  const witness = await findWitness(specification, codec, {
    name: 'accepts an epoch',
    milestones: [({ action }) => action.name === 'ReceiveLeaderInfo'],
  });
  if (witness.kind !== 'witness') throw new Error('the action is never taken');
  const vocabulary = new Vocabulary(specification);
  const parts = new WorldParts(vocabulary.servers.length);
  const draft = new Draft(parts);
  const binding = new Binding(vocabulary, draft);
  const projection = new Projection(vocabulary);
  draft.begin();
  let source: World = draft.finish();
  let target: World = source;
  let sourceState: State = [];
  let targetState: State = [];
  let performed: readonly Performed[] = [];
  for (const { action, args, state } of witness.path) {
    source = target;
    sourceState = targetState;
    targetState = state;
    if (action === undefined) continue;
    draft.load(source);
    performed = binding.perform(action.name, args ?? []);
    target = draft.finish();
  }
  const prefixes = new CrashPrefixes({ vocabulary, projection, parts, draft, binding });
  check = (change) =>
    prefixes.check('ReceiveLeaderInfo', performed.map(change), source, sourceState, target, targetState);
});

it('allows a crash before the epoch is stored, and between that and the message', () => {
  expect(check((performed) => performed)).toBeUndefined();
});

it('refuses a message that left before the epoch was stored', () => {
  const facts = check((performed) => {
    const [stored, sent] = performed.effects;
    const [first] = performed.before;
    if (stored?.type !== 'storeAcceptedEpoch' || sent?.type !== 'send' || first === undefined) {
      throw new Error('the peer has other effects than this test knows');
    }
    return { ...performed, effects: [sent, stored], before: [first, { host: first.host, sent: 1 }] };
  });
  expect(facts).toMatchObject({
    kind: 'crash',
    what: 'a crash after send and before storeAcceptedEpoch',
  });
  expect(facts?.specified).toMatch(/acceptedEpoch 1/);
  expect(facts?.actual).toMatch(/acceptedEpoch 0/);
});

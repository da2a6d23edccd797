import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readWitnesses, search, WITNESSES } from './witnesses.ts';

const followsAFollower = {
  name: 'FollowsAFollower',
  shows: 'One server follows another that follows a third.',
  property: 'NobodyFollowsAFollower',
};

describe('the collection', () => {
  test('has an entry for every module, and a module and a configuration for every entry', () => {
    const names = readWitnesses(WITNESSES).map(({ name }) => name);
    const files = readdirSync(WITNESSES).filter((file) => file !== 'index.json');
    expect(files.sort()).toEqual(names.flatMap((name) => [`${name}.cfg`, `${name}.tla`]).sort());
  });

  test('shows a server that follows a follower, after two waits that ran out', async () => {
    expect(await search(WITNESSES, followsAFollower)).toEqual({
      kind: 'shown',
      states: 5,
      actions: ['AdoptVote', 'AdoptVote', 'WaitOver', 'WaitOver'],
    });
  });

  test('shows what goes on for ever, and how much of it', async () => {
    const refuses = { name: 'RefusesForEver', shows: 'A server never joins.', property: 'EverybodyJoins' };
    const found = await search(WITNESSES, refuses);
    expect(found).toMatchObject({ kind: 'shown', states: 18, round: 5 });
    expect(found.kind === 'shown' && found.actions.slice(-5)).toEqual([
      ...['SoberElected', 'SoberConnect', 'SoberReceiveFollowerInfo', 'SoberReceiveLeaderInfo'],
      'SoberLoseLearner',
    ]);
  });

  test.each([
    [followsAFollower.name, followsAFollower.property],
    ['RefusesForEver', 'EverybodyJoins'],
  ])('shows nothing when another property is violated than the one that %s names', async (name, violated) => {
    expect(await search(WITNESSES, { name, shows: 'Something else.', property: 'TypeOK' })).toEqual({
      kind: 'not-shown',
      reason: `${violated} is violated, not TypeOK`,
    });
  });
});

describe('a folder of witnesses', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'witnesses-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('shows nothing when the property holds', async () => {
    writeFileSync(
      join(folder, 'Calm.tla'),
      "---- MODULE Calm ----\nVARIABLE x\nInit == x = 0\nNext == x' = 0\nStays == x = 0\n====\n",
    );
    writeFileSync(join(folder, 'Calm.cfg'), 'INIT Init\nNEXT Next\nINVARIANT Stays\n');
    expect(await search(folder, { name: 'Calm', shows: 'x changes', property: 'Stays' })).toEqual({
      kind: 'not-shown',
      reason: 'the check ended: ok',
    });
  });

  test.each([
    ['not JSON', 'witnesses'],
    ['no list', '{}'],
    ['an entry without a property', '{"witnesses": [{"name": "A", "shows": "B"}]}'],
  ])('is refused in one line if its index is %s', (_, text) => {
    writeFileSync(join(folder, 'index.json'), text);
    expect(() => readWitnesses(folder)).toThrow(/^[^\n]*index[.]json: [^\n]+$/);
  });
});

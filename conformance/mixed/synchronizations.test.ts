import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { synchronizationOf, type Kind, type LogOfServer } from './synchronizations.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'zab-logs-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function log(id: number, kind: Kind, text: string, from = 0): LogOfServer {
  const file = path.join(directory, `${id}-${kind}`);
  writeFileSync(file, text);
  return { file, from, id, kind };
}

const LEADER = `[LearnerHandler-a] INFO Synchronizing with Learner sid: 1 maxCommittedLog=0x0
[LearnerHandler-b] INFO Synchronizing with Learner sid: 2 maxCommittedLog=0x0
[LearnerHandler-a] INFO Sending DIFF zxid=0x0 for peer sid: 1
[LearnerHandler-b] INFO Sending snapshot last zxid of peer is 0x0
`;

describe('how a learner was brought up to date', () => {
  it('is what an Apache learner said last', () => {
    const text = 'x - Getting a diff from the leader 0x0\nx - Getting a snapshot from leader 0x0\n';
    expect(synchronizationOf(log(1, 'apache', text), log(3, 'ours', ''))).toBe('SNAP');
  });

  it('is what an Apache leader said in the thread of that learner', () => {
    const leader = log(3, 'apache', LEADER);
    expect([1, 2, 4].map((id) => synchronizationOf(log(id, 'ours', ''), leader))).toEqual([
      'DIFF',
      'SNAP',
      'unsaid',
    ]);
  });

  it('is what one of ours did to its log', () => {
    const leader = log(3, 'apache', LEADER);
    expect(synchronizationOf(log(1, 'ours', 'INFO  the log is cut after=0x0\n'), leader)).toBe('TRUNC');
  });

  it('is nothing that was said before', () => {
    const text = 'x - Getting a diff from the leader 0x0\n';
    expect(synchronizationOf(log(1, 'apache', text, text.length), log(3, 'ours', ''))).toBe('unsaid');
  });
});

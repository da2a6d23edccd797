import { describe, expect, it } from 'vitest';

import type { Zxid } from '../../broadcast/zxid.ts';
import type { LeaderMessage } from '../../protocol/messages.ts';
import { ServiceState } from '../../service/service-state.ts';
import { NO_ZXID, PacketType } from '../../wire/quorum-packet.ts';
import { LearnerMessages } from './learner-messages.ts';
import { z } from './testing/ends.ts';

const HISTORY_END = z(1, 4);

function learner(observes = false): { readonly messages: LearnerMessages; readonly heard: LeaderMessage[] } {
  const heard: LeaderMessage[] = [];
  const messages = new LearnerMessages(
    {
      historyEnd: () => HISTORY_END,
      delivered: () => z(1, 1),
      snapshot: () => undefined,
      message: (message) => heard.push(message),
      packet: () => undefined,
    },
    observes,
  );
  say(messages, 'LEADERINFO', z(2, 0), Uint8Array.of(0, 1, 0, 0));
  heard.length = 0;
  return { messages, heard };
}

function say(
  messages: LearnerMessages,
  type: keyof typeof PacketType,
  zxid: Zxid = NO_ZXID,
  data: Uint8Array | null = null,
): void {
  expect(messages.take({ type: PacketType[type], zxid, data, authinfo: [] })).toBeUndefined();
}

it('an observer is told again of nothing that it was proposed', () => {
  const { messages, heard } = learner(true);
  say(messages, 'DIFF', z(1, 4));
  const payload = Uint8Array.of(1);
  messages.propose([5, 6].map((counter) => ({ zxid: z(1, counter), payload })));
  const before = heard.length;
  say(messages, 'INFORM', z(1, 5), payload);
  say(messages, 'INFORM', z(1, 6), payload);
  expect(heard.length).toBe(before);
  say(messages, 'INFORM', z(1, 7), payload);
  expect(heard.at(-1)).toMatchObject({ type: 'PROPOSAL', transactions: [{ zxid: z(1, 7) }] });
});

describe('what DIFF commits', () => {
  it('goes no further than the history of the learner', () => {
    const { messages, heard } = learner();
    say(messages, 'DIFF', z(1, 9));
    say(messages, 'NEWLEADER', z(2, 0));
    expect(heard[1]).toEqual({ type: 'COMMIT', zxid: HISTORY_END });
  });

  it('is what a COMMIT says, where that is more', () => {
    const { messages, heard } = learner();
    say(messages, 'DIFF', z(1, 9));
    say(messages, 'PROPOSAL', z(1, 5), Uint8Array.of(1));
    say(messages, 'COMMIT', z(1, 5));
    say(messages, 'NEWLEADER', z(2, 0));
    expect(heard[2]).toEqual({ type: 'COMMIT', zxid: z(1, 5) });
  });
});

describe('an acknowledgement', () => {
  it('is one packet for each proposal of the epoch of the leader, and none for those of older epochs', () => {
    const { messages } = learner();
    say(messages, 'DIFF');
    say(messages, 'PROPOSAL', z(1, 5), Uint8Array.of(1));
    for (const counter of [1, 2, 3]) say(messages, 'PROPOSAL', z(2, counter), Uint8Array.of(1));
    expect(messages.acknowledge(z(2, 2))).toEqual([{ epoch: 2, from: 1, to: 2 }]);
    expect(messages.acknowledge(z(2, 2))).toEqual([]);
    expect(messages.acknowledge(z(2, 3))).toEqual([{ epoch: 2, from: 3, to: 3 }]);
  });

  it('of (e, 0) is one packet', () => {
    expect(learner().messages.acknowledge(z(2, 0))).toEqual([{ epoch: 2, from: 0, to: 0 }]);
  });
});

describe('an observer', () => {
  const inform = (messages: LearnerMessages, zxid: Zxid): void => {
    say(messages, 'INFORM', zxid, Uint8Array.of(zxid.counter));
  };
  const proposal = ({ epoch, counter }: Zxid): LeaderMessage => ({
    type: 'PROPOSAL',
    transactions: [{ zxid: { epoch, counter }, payload: Uint8Array.of(counter) }],
  });

  it('hears of a transaction and that it is committed at once', () => {
    const { messages, heard } = learner(true);
    for (const type of ['DIFF', 'NEWLEADER', 'UPTODATE'] as const) say(messages, type, z(2, 0));
    heard.length = 0;
    inform(messages, z(2, 1));
    inform(messages, z(2, 2));
    expect(heard).toEqual([
      proposal(z(2, 1)),
      { type: 'COMMIT', zxid: z(2, 1) },
      proposal(z(2, 2)),
      { type: 'COMMIT', zxid: z(2, 2) },
    ]);
  });

  it('hears of one before NEWLEADER as of what brings it up to date', () => {
    const { messages, heard } = learner(true);
    say(messages, 'DIFF', HISTORY_END);
    inform(messages, z(2, 1));
    say(messages, 'NEWLEADER', z(2, 0));
    expect(heard).toEqual([
      { type: 'DIFF' },
      proposal(z(2, 1)),
      { type: 'COMMIT', zxid: z(2, 1) },
      { type: 'NEWLEADER', zxid: z(2, 0) },
    ]);
  });

  it('takes no transaction again that a snapshot has', () => {
    const { messages, heard } = learner(true);
    messages.takeSnapshot(z(2, 2), new ServiceState(undefined, undefined, z(2, 2)));
    for (const counter of [1, 2, 3]) inform(messages, z(2, counter));
    say(messages, 'NEWLEADER', z(2, 0));
    expect(heard).toMatchObject([
      { type: 'SNAP', history: { base: z(2, 2), transactions: [{ zxid: z(2, 3) }] } },
      { type: 'COMMIT', zxid: z(2, 3) },
      { type: 'NEWLEADER' },
    ]);
  });

  it('is told by an old leader what is only proposed, and later that it is committed', () => {
    const { messages, heard } = learner(true);
    say(messages, 'DIFF', HISTORY_END);
    say(messages, 'PROPOSAL', z(2, 1), Uint8Array.of(1));
    for (const type of ['NEWLEADER', 'UPTODATE'] as const) say(messages, type, z(2, 0));
    heard.length = 0;
    inform(messages, z(2, 1));
    expect(heard).toEqual([{ type: 'COMMIT', zxid: z(2, 1) }]);
  });

  it('acknowledges NEWLEADER and UPTODATE, and no transaction', () => {
    const { messages } = learner(true);
    say(messages, 'DIFF');
    say(messages, 'PROPOSAL', z(2, 1), Uint8Array.of(1));
    inform(messages, z(2, 2));
    expect(messages.acknowledge(z(2, 0))).toEqual([{ epoch: 2, from: 0, to: 0 }]);
    expect(messages.acknowledge(z(2, 2))).toEqual([]);
  });

  it.each([
    ['a server that votes', false, Uint8Array.of(1), /for observers/],
    ['nobody where there is no transaction', true, null, /missing/],
  ])('is what INFORM is for: to %s it says nothing', (_whom, observes, data, reason) => {
    const { messages } = learner(observes);
    expect(messages.take({ type: PacketType.INFORM, zxid: z(2, 1), data, authinfo: [] })).toMatch(reason);
  });
});

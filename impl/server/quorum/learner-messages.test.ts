import { describe, expect, it } from 'vitest';

import type { Zxid } from '../../broadcast/zxid.ts';
import type { LeaderMessage } from '../../protocol/messages.ts';
import { NO_ZXID, PacketType } from '../../wire/quorum-packet.ts';
import { LearnerMessages } from './learner-messages.ts';
import { z } from './testing/ends.ts';

const HISTORY_END = z(1, 4);

function learner(): { readonly messages: LearnerMessages; readonly heard: LeaderMessage[] } {
  const heard: LeaderMessage[] = [];
  const messages = new LearnerMessages({
    historyEnd: () => HISTORY_END,
    delivered: () => z(1, 1),
    snapshot: () => undefined,
    message: (message) => heard.push(message),
    packet: () => undefined,
  });
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
    expect(messages.acknowledge(z(2, 2))).toEqual([z(2, 1), z(2, 2)]);
    expect(messages.acknowledge(z(2, 2))).toEqual([]);
    expect(messages.acknowledge(z(2, 3))).toEqual([z(2, 3)]);
  });

  it('of (e, 0) is one packet', () => {
    expect(learner().messages.acknowledge(z(2, 0))).toEqual([z(2, 0)]);
  });
});

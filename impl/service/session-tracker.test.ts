import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { serverId } from '../protocol/ensemble.ts';
import { ErrorCode } from '../wire/client-reply.ts';
import { SessionTracker } from './session-tracker.ts';

const TICK_MS = 10;
const [ONE, TWO] = [serverId(1), serverId(2)];

describe('a session', () => {
  it('expires once, after its timeout and within a tick', () => {
    const tracker = new SessionTracker(new Map([[7n, 25]]), TICK_MS, 1003);
    expect(tracker.expired(1029)).toEqual([]);
    expect(tracker.expired(1030)).toEqual([7n]);
    expect(tracker.expired(2000)).toEqual([]);
    expect(tracker.check(7n, ONE)).toBe(ErrorCode.SESSION_EXPIRED);
    expect(tracker.touch(7n, 25, 2000)).toBe(false);
    expect(tracker.move(7n, 25, ONE, 2000)).toBe(false);
    tracker.remove(7n);
    expect(tracker.size).toBe(0);
  });

  it('of which nobody knows is expired', () => {
    const tracker = new SessionTracker(new Map(), TICK_MS, 0);
    expect(tracker.check(7n, ONE)).toBe(ErrorCode.SESSION_EXPIRED);
    expect(tracker.touch(7n, 25, 0)).toBe(false);
  });

  it('belongs to the server that asks first, until it moves', () => {
    const tracker = new SessionTracker(new Map([[7n, 25]]), TICK_MS, 0);
    expect(tracker.check(7n, ONE)).toBe(ErrorCode.OK);
    expect(tracker.check(7n, TWO)).toBe(ErrorCode.SESSION_MOVED);
    expect(tracker.move(7n, 25, TWO, 0)).toBe(true);
    expect(tracker.check(7n, TWO)).toBe(ErrorCode.OK);
    expect(tracker.check(7n, ONE)).toBe(ErrorCode.SESSION_MOVED);
  });
});

it('sessions expire exactly when nothing was heard for their timeout, rounded up to the end of a tick', () => {
  const step = fc.record({
    afterMs: fc.nat(40),
    session: fc.constantFrom(1n, 2n, 3n),
    timeoutMs: fc.integer({ min: 1, max: 60 }),
    act: fc.constantFrom('add', 'touch', 'look', 'remove'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tracker = new SessionTracker(new Map(), TICK_MS, 0);
      /** When each session is due, by what the documentation says. */
      const due = new Map<bigint, number>();
      let now = 0;
      for (const { afterMs, session, timeoutMs, act } of steps) {
        now += afterMs;
        const at = (Math.floor((now + timeoutMs) / TICK_MS) + 1) * TICK_MS;
        // What has expired is closed at once, as the leader does.
        const expected = [...due].filter(([, time]) => time <= now).map(([id]) => id);
        for (const id of expected) due.delete(id);
        expect(tracker.expired(now).sort()).toEqual(expected.sort());
        for (const id of expected) tracker.remove(id);
        if (act === 'add') {
          tracker.add(session, timeoutMs, ONE, now);
          due.set(session, at);
        } else if (act === 'touch') {
          expect(tracker.touch(session, timeoutMs, now)).toBe(due.has(session));
          if (due.has(session)) due.set(session, at);
        } else if (act === 'remove') {
          tracker.remove(session);
          due.delete(session);
        }
        expect(tracker.size).toBe(due.size);
      }
    }),
  );
});

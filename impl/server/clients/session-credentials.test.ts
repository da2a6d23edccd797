/** The numbers were printed by a Java program that does what ZooKeeper 3.8 does. */
import { expect, it } from 'vitest';

import { serverId } from '../../protocol/ensemble.ts';
import { firstSessionId, isPasswordOf, sessionPassword } from './session-credentials.ts';

it.each([
  [1n, '054cc74a37327db215e702e20c73f005'],
  [-1n, '20f62cb5648dc2d771471c8a2486a9ee'],
  [72059239735754752n, '065c9a8e1bc4833c548d2f015ced4af1'],
  [9223372036854775807n, '20f62cb5648dc2d771471c8a2486a9ee'],
  [-9223372036854775808n, 'f22acd4a97e69d6d20a49bb638eadb38'],
  [3007405056n, '60b420bb3851d9d47acb933dbe70399b'],
  [-71737338064426035n, 'b1b80984a941d5338ded1efc34ea8038'],
])("the password of session %i is ZooKeeper's", (sessionId, password) => {
  expect(sessionPassword(sessionId).toString('hex')).toBe(password);
  expect(isPasswordOf(sessionId, Buffer.from(password, 'hex'))).toBe(true);
});

it.each([
  [1, 1700000000123, 111411200008060928n],
  [3, 123456789, 216180872977907712n],
  [255, 1700000000123, -32703988067794944n],
  [128, 4398046511103, -9151314442816913408n],
])('server %i at %i ms begins with the session id that ZooKeeper would', (id, timeMs, sessionId) => {
  expect(firstSessionId(serverId(id), timeMs)).toBe(sessionId);
});

it.each([
  ['of another session', sessionPassword(2n)],
  ['that is too short', sessionPassword(1n).subarray(1)],
  ['that is empty', Buffer.alloc(0)],
])('a password %s is none', (_, password) => {
  expect(isPasswordOf(1n, password)).toBe(false);
});

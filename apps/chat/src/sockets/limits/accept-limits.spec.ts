import type { Settings } from '@roost/settings';
import { expect, it } from 'vitest';
import type { ChatServer } from '../../kernel/chat-socket.js';
import { AcceptLimits } from './accept-limits.js';

const limitsAt = (clientsCount: number, { socketsMax = 0, acceptsPerS = 0 }) => {
  const limits = new AcceptLimits({ socketsMax, acceptsPerS } as Settings);
  limits.attach({ engine: { clientsCount } } as ChatServer);
  return limits;
};
const overloaded = expect.objectContaining({ code: 'server/overloaded' });

it('the last place is taken, the next one is told to come back', () => {
  expect(() => limitsAt(10, { socketsMax: 10 }).admit()).not.toThrow();
  expect(() => limitsAt(11, { socketsMax: 10 }).admit()).toThrow(overloaded);
});

it('connections that do not say who they are have some room, and an end', () => {
  expect(limitsAt(1_009, { socketsMax: 10 }).mayConnect()).toBe(true);
  expect(limitsAt(1_010, { socketsMax: 10 }).mayConnect()).toBe(false);
});

it('0 turns a limit off', () => {
  const limits = limitsAt(1_000_000, {});
  for (let count = 0; count < 10_000; count++) limits.admit();
  expect(limits.mayConnect()).toBe(true);
});

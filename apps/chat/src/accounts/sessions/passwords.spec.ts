import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { expect, it } from 'vitest';
import { Passwords } from './passwords.js';

const settings = {
  argon2MemoryKib: 8,
  argon2Passes: 1,
  passwordHashesAtOnce: 1,
  passwordHashesWaitingMax: 3,
} as Settings;

it('the right password matches; a wrong one, and one of nobody, do not', async () => {
  const passwords = new Passwords(settings);
  const hash = await passwords.hash('correct horse');
  expect(await passwords.matches(hash, 'correct horse')).toBe(true);
  expect(await passwords.matches(hash, 'wrong horse')).toBe(false);
  expect(await passwords.matches(undefined, 'correct horse')).toBe(false);
});

it('A5 some are hashed, some wait, and the others are told when to come back', async () => {
  const passwords = new Passwords(settings);
  const hash = await passwords.hash('correct horse');
  const answers = await Promise.allSettled(Array.from({ length: 10 }, () => passwords.matches(hash, 'correct horse')));
  const refused = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => reason as ChatError);
  expect(answers.length - refused.length).toBe(4);
  for (const { code, extras } of refused) {
    expect(code).toBe('server/overloaded');
    expect(extras.retryAfterMs).toBeGreaterThanOrEqual(1_000);
  }
  expect(await passwords.matches(hash, 'correct horse')).toBe(true);
});

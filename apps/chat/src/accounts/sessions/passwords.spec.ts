import { hash as hashAsTyped } from '@node-rs/argon2';
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

it.each([
  ['decomposed accents', 'cre\u0300me bru\u0302le\u0301e 42'],
  ['a no-break space', 'cr\u00e8me\u00a0br\u00fbl\u00e9e 42'],
  ['an ideographic space and full-width digits', 'cr\u00e8me\u3000br\u00fbl\u00e9e \uff14\uff12'],
  ['full-width letters', '\uff43\uff52\u00e8me br\u00fbl\u00e9e 42'],
])('it is the same with %s', async (_what, typed) => {
  const passwords = new Passwords(settings);
  const stored = await passwords.hash('cr\u00e8me br\u00fbl\u00e9e 42');
  expect(await passwords.compare(stored, typed)).toBe('right');
  expect(await passwords.compare(undefined, typed)).toBe('wrong');
});

it('case, width that was chosen, and spaces too many are parts of it', async () => {
  const passwords = new Passwords(settings);
  const stored = await passwords.hash('Creme 42');
  for (const other of ['creme 42', 'Creme  42', 'Creme 42 '])
    expect(await passwords.matches(stored, other)).toBe(false);
  expect(await passwords.matches(await passwords.hash('\uff23reme'), 'Creme')).toBe(false);
});

it('a hash of the text as it was typed still matches that text, and is known to be outdated', async () => {
  const passwords = new Passwords(settings);
  const typed = 'cre\u0300me\u00a0\uff14\uff12';
  const stored = await hashAsTyped(typed, { memoryCost: 8, timeCost: 1 });
  expect(await passwords.compare(stored, typed)).toBe('outdated');
  expect(await passwords.compare(stored, typed.normalize('NFC'))).toBe('wrong');
  expect(await passwords.compare(await passwords.hash(typed), typed)).toBe('right');
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

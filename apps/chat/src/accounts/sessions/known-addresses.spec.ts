import type { JwtSecrets, Settings } from '@roost/settings';
import { expect, it } from 'vitest';
import { KnownAddresses } from './known-addresses.js';
import type { SessionsRepository } from './sessions.repository.js';

const [first, second] = [
  'the first secret, of more than 32 characters',
  'the second secret, of more than 32 characters',
];
const home = { email: 'ada@example.org', address: '192.0.2.1' };
const elsewhere = { ...home, address: '192.0.2.2' };

/** Sessions that were opened with these marks. */
function knownWith(secrets: JwtSecrets, ...marks: string[]): KnownAddresses {
  const hasMark = (asked: readonly string[]) => Promise.resolve(asked.some((mark) => marks.includes(mark)));
  return new KnownAddresses({ hasMark } as SessionsRepository, secrets as Settings);
}

const oldMark = knownWith({ jwtSecret: first }).markOf(home);
const newMark = knownWith({ jwtSecret: second }).markOf(home);

it('an address is known by the marks of all secrets, and marked with the first', async () => {
  for (const jwtSecrets of [
    [first, second],
    [second, first],
  ]) {
    for (const mark of [oldMark, newMark]) {
      expect(await knownWith({ jwtSecrets }, mark).has(home)).toBe(true);
      expect(await knownWith({ jwtSecrets }, mark).has(elsewhere)).toBe(false);
    }
    expect(knownWith({ jwtSecrets }).markOf(home)).toBe(jwtSecrets[0] === first ? oldMark : newMark);
  }
  expect(await knownWith({ jwtSecret: second }, oldMark).has(home)).toBe(false);
});

it('the mark of an older secret is made anew for who is at that address, and no other is', () => {
  const known = knownWith({ jwtSecrets: [second, first] });
  expect(known.renewed({ openedFrom: oldMark }, home)).toEqual({ openedFrom: newMark });
  expect(known.renewed({ openedFrom: oldMark }, elsewhere)).toEqual({});
  expect(known.renewed({ openedFrom: newMark }, home)).toEqual({});
  expect(known.renewed({}, home)).toEqual({});
});

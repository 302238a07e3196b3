import { limits } from '@roost/contract';
import { mongo } from 'mongoose';
import { expect, it } from 'vitest';
import { userView } from './profiles.js';

const person = { _id: new mongo.ObjectId(), displayName: 'Ada' };
const address = (length: number) => 'https://example.org/'.padEnd(length, 'x');

it('a picture is shown where its address is one', () => {
  for (const avatarUrl of [address(30), address(limits.avatarUrlChars)])
    expect(userView({ ...person, avatarUrl }).avatarUrl).toBe(avatarUrl);
});

it.each([
  ['too long', address(limits.avatarUrlChars + 1)],
  ['nothing', ''],
  ['with white space', 'https://example.org/a b'],
  ['with what JSON escapes', 'https://example.org/"\\'],
])('an address that is %s is left out', (_what, avatarUrl) => {
  expect(userView({ ...person, avatarUrl })).toEqual({ id: person._id.toHexString(), displayName: 'Ada' });
});

import type { IncomingMessage } from 'node:http';
import type { Settings } from '@roost/settings';
import { expect, it } from 'vitest';
import { SessionIds } from './session-ids.js';

const secret = 's'.repeat(32);
const idsOf = (jwtSecrets: string[]) => new SessionIds({ jwtSecrets } as unknown as Settings);
const reachedAt = (localAddress: string | undefined, localPort = 3000) =>
  ({ socket: { localAddress, localPort } }) as unknown as IncomingMessage;

it.each([
  ['172.18.0.5', '172.18.0.5:3000'],
  ['::ffff:172.18.0.5', '172.18.0.5:3000'],
  ['fd00::12', '[fd00::12]:3000'],
])('an id made at %s says %s, to every replica of the cluster and to nobody else', (address, said) => {
  const id = idsOf([secret]).placed('random', reachedAt(address));
  expect(idsOf([secret]).ownerOf(id)).toBe(said);
  expect(id).toMatch(/^random\.[\w-]+$/);
  expect(id).not.toContain(address);
  expect(idsOf(['x'.repeat(32)]).ownerOf(id)).toBeUndefined();
});

it('is read while one secret takes the place of another', () => {
  const id = idsOf([secret]).placed('random', reachedAt('127.0.0.1'));
  expect(idsOf(['n'.repeat(32), secret]).ownerOf(id)).toBe('127.0.0.1:3000');
});

it('an id that was changed, cut or made up says nothing', () => {
  const ids = idsOf([secret]);
  const id = ids.placed('random', reachedAt('127.0.0.1'));
  const changed = id.slice(0, -4) + (id.endsWith('A') ? 'BBBB' : 'AAAA');
  for (const one of [
    changed,
    id.slice(0, -2),
    '',
    '.',
    'random',
    'random.',
    '__proto__',
    `.${'A'.repeat(5_000)}`,
    '127.0.0.1:80',
  ])
    expect(ids.ownerOf(one)).toBeUndefined();
});

it.each([undefined, 'fe80::1%eth0'])(
  'without an address that others could use (%s) an id stays as it is',
  (address) => {
    expect(idsOf([secret]).placed('random', reachedAt(address))).toBe('random');
  },
);

import { expect, it } from 'vitest';
import { Homes } from './homes.js';

const names = ['a', 'b', 'c'];
const chats = Array.from({ length: 3_000 }, (_, number) => number.toString(16).padStart(24, '0'));

/** What each of some replicas takes for the homes of all chats. */
function viewsOf(replicas: readonly string[], now = () => 0) {
  return replicas.map((self) => {
    const homes = new Homes(self, now);
    for (const other of replicas) homes.heard(other, 1);
    return { self, homes, all: () => chats.map((chatId) => homes.of(chatId) ?? self) };
  });
}

it('all replicas agree on the home of a chat, and each is that of as many', () => {
  const [first, ...others] = viewsOf(names).map(({ all }) => all());
  for (const other of others) expect(other).toEqual(first);
  for (const name of names) {
    const share = first!.filter((home) => home === name).length / chats.length;
    expect(share).toBeGreaterThan(0.28);
    expect(share).toBeLessThan(0.39);
  }
});

it('where a replica leaves, its chats alone get another home', () => {
  const [{ homes, all }] = viewsOf(names) as [ReturnType<typeof viewsOf>[number]];
  const before = all();
  homes.leaving('c');
  const after = all();
  expect(after).not.toContain('c');
  expect(after.filter((home, index) => home !== before[index])).toHaveLength(
    before.filter((home) => home === 'c').length,
  );
  // It is there until it has done what it has, and a beat that was late does not bring it back.
  homes.heard('c', 2);
  expect([homes.isThere('c'), all().includes('c')]).toEqual([true, false]);
});

it('who is not heard of for three seconds is not there, and is again with the next beat', () => {
  let now = 0;
  const [{ homes, all }] = viewsOf(names, () => now) as [ReturnType<typeof viewsOf>[number]];
  const before = all();
  now = 3_001;
  homes.heard('b', 2);
  homes.sweep();
  expect([homes.isThere('b'), homes.isThere('c'), all().includes('c')]).toEqual([true, false, false]);
  homes.heard('c', 9);
  expect([homes.beatOf('c'), all()]).toEqual([9, before]);
});

it('one that left somebody without an answer is asked for nothing for a while', () => {
  let now = 0;
  const [{ homes, all }] = viewsOf(['a', 'b'], () => now) as [ReturnType<typeof viewsOf>[number]];
  homes.avoid('b');
  expect(all()).not.toContain('b');
  now = 10_000;
  homes.heard('b', 2);
  expect(all()).toContain('b');
});

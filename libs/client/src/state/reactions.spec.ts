import type { Message, Reaction } from '@roost/contract';
import { expect, it } from 'vitest';
import { ada, grace, linus } from '../../test/support/model-chat.js';
import { hasReacted, toggled, withOwn, withReactions } from './reactions.js';

const message = { id: 'a message', text: 'hello' } as Message;
const thumbs = (count: number, userIds: readonly string[], mine?: boolean): Reaction => ({
  emoji: '👍',
  count,
  userIds: [...userIds],
  ...(mine !== undefined && { mine }),
});
const like = { emoji: '👍', on: true };
const withAll = (...reactions: readonly Reaction[]) => withReactions(message, reactions);

it('a message without reactions has none, and stays the same object where nothing is new', () => {
  expect(withAll()).toBe(message);
  const one = withAll(thumbs(1, [ada.id]));
  expect(withReactions(one, [thumbs(1, [ada.id])])).toBe(one);
  expect(withReactions(one, [])).toEqual(message);
});

it('remembers which are one’s own where a fact, which is the same for all, does not say it', () => {
  const own = withAll(thumbs(7, [grace.id, linus.id], true));
  expect(withReactions(own, [thumbs(8, [grace.id, linus.id])]).reactions).toEqual([
    thumbs(8, [grace.id, linus.id], true),
  ]);
  expect(withReactions(own, [thumbs(8, [grace.id, linus.id], false)]).reactions).toMatchObject([{ mine: false }]);
  // All are named now, and one is not among them.
  expect(withReactions(own, [thumbs(2, [grace.id, linus.id])]).reactions).toEqual([thumbs(2, [grace.id, linus.id])]);
});

it('knows what one has done on another device, before and after the chat is told', () => {
  const before = withAll(thumbs(2, [grace.id, linus.id]));
  const now = withOwn(before, like, ada.id);
  expect(hasReacted(now.reactions![0]!, ada.id)).toBe(true);
  expect(withReactions(now, [thumbs(6, [grace.id, linus.id])]).reactions).toMatchObject([{ count: 6, mine: true }]);
  const named = withAll(thumbs(1, [ada.id]));
  expect(withOwn(named, like, ada.id)).toBe(named);
  expect(withOwn(now, { ...like, emoji: '🎉' }, ada.id)).toBe(now);
  expect(hasReacted(withOwn(now, { ...like, on: false }, ada.id).reactions![0]!, ada.id)).toBe(false);
});

it('shows one’s own at once, and takes it back', () => {
  expect(toggled(undefined, like)).toEqual([thumbs(1, [], true)]);
  const more = toggled([thumbs(1, [grace.id])], like);
  expect(more).toEqual([thumbs(2, [grace.id], true)]);
  expect(toggled(more, like)).toBe(more);
  expect(toggled(more, { ...like, on: false })).toEqual([thumbs(1, [grace.id], false)]);
  expect(toggled([thumbs(1, [ada.id])], { ...like, on: false })).toEqual([]);
  expect(toggled([], { ...like, on: false })).toEqual([]);
});

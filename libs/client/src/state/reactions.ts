import type { Message, Reaction, RequestInput } from '@roost/contract';
import { share } from './share.js';

type All = readonly Reaction[];

/** What one wishes to have said to a message. */
type OwnReaction = Pick<RequestInput<'message:react'>, 'emoji' | 'on'>;

/** Whether somebody is among those who reacted so. */
export const hasReacted = ({ mine, userIds }: Reaction, userId: string): boolean => mine ?? userIds.includes(userId);

/** A message with these reactions. Which are one's own is remembered where they do not say it. */
export function withReactions(message: Message, all: All | undefined): Message {
  const { reactions: before = [], ...rest } = message;
  if (!all || all.length === 0) return before.length === 0 ? message : rest;
  const reactions = all.map((one) =>
    remembering(
      one,
      before.find(({ emoji }) => emoji === one.emoji),
    ),
  );
  return share(message, { ...rest, reactions });
}

function remembering(reaction: Reaction, before: Reaction | undefined): Reaction {
  const isClear = reaction.mine !== undefined || reaction.count <= reaction.userIds.length;
  return isClear || before?.mine === undefined ? reaction : { ...reaction, mine: before.mine };
}

/** One's own, on whatever device, where the message has such a reaction; where it has none, all will be told with it. */
export function withOwn(message: Message, { emoji, on }: OwnReaction, userId: string): Message {
  const { reactions = [] } = message;
  const isNews = (one: Reaction) => one.emoji === emoji && hasReacted(one, userId) !== on;
  const now = reactions.map((one) => (isNews(one) ? { ...one, mine: on } : one));
  return withReactions(message, now);
}

/** As they will be when one's own is stored. */
export function toggled(reactions: All = [], { emoji, on }: OwnReaction): All {
  const before = reactions.find((one) => one.emoji === emoji);
  if (!before) return on ? [...reactions, { emoji, count: 1, userIds: [], mine: true }] : reactions;
  if (before.mine === on) return reactions;
  const count = before.count + (on ? 1 : -1);
  const now = { ...before, count, mine: on };
  return count === 0 ? reactions.filter((one) => one !== before) : reactions.map((one) => (one === before ? now : one));
}

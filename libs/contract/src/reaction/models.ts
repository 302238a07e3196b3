import { z } from 'zod';
import { changeHead, id, seq, time } from '../base/fields.js';
import { User } from '../user/models.js';

/**
 * How many have reacted to a message with this emoji, and the first of them. `mine`: whether the caller is one of them, where `userIds`
 * does not name all; facts, which are the same for everybody, do not say it.
 */
export const Reaction = z.object({
  emoji: z.string(),
  count: z.int().positive(),
  userIds: z.array(id),
  mine: z.boolean().optional(),
});
export type Reaction = z.infer<typeof Reaction>;

/** All reactions of a message, read when the chat's changes had come to `rev`: one who has more of them has newer reactions. */
export const Reactions = z.object({ reactions: z.array(Reaction), rev: seq });
export type Reactions = z.infer<typeof Reactions>;

/** Who reacted to a message, and with what. */
export const Reacted = z.object({ user: User, emoji: z.string(), at: time });
export type Reacted = z.infer<typeof Reacted>;

/** All reactions of a message, as they are now: one change for many people of the same second. */
export const MessageReacted = z.object({
  ...changeHead,
  kind: z.literal('message:reacted'),
  messageId: id,
  seq,
  reactions: z.array(Reaction),
});

import { z } from 'zod';
import { changeHead, id, seq, time } from '../base/fields.js';
import { limits } from '../base/limits.js';
import { Reaction } from '../reaction/models.js';
import { User } from '../user/models.js';
import { clientMessageId, text } from './fields.js';

/** Kinds of message a person can send; `system` ones are written by the server. */
export const sendableTypes = ['text', 'image', 'file'] as const;
export const messageTypes = [...sendableTypes, 'system'] as const;
export type MessageType = (typeof messageTypes)[number];

/** One message. `seq` is its place in the chat; `clientMessageId` is what its sender called it; a tombstone has no text. */
export const Message = z.object({
  id,
  chatId: id,
  seq,
  sender: User,
  type: z.enum(messageTypes),
  text: z.string(),
  parentId: id.optional(),
  mentions: z.array(id).optional(),
  clientMessageId: z.string().optional(),
  createdAt: time,
  editedAt: time.optional(),
  deletedAt: time.optional(),
  /** Left out where nobody has reacted. */
  reactions: z.array(Reaction).optional(),
});
export type Message = z.infer<typeof Message>;

/**
 * A page of history; `more`: it goes on beyond this page, before the first message or, of a page `after` a place, behind the last.
 * A page `around` a place says of both ends whether it does, and `more` is whether it does at any.
 */
export const MessagePage = z.object({
  items: z.array(Message),
  more: z.boolean(),
  moreBefore: z.boolean().optional(),
  moreAfter: z.boolean().optional(),
});
export type MessagePage = z.infer<typeof MessagePage>;

/** The answer of REST to a message; `duplicate`: it had been sent before. */
export const SentMessage = Message.extend({ duplicate: z.literal(true).optional() });
export type SentMessage = z.infer<typeof SentMessage>;

/** What sends a message; the same for the socket and for REST. */
export const MessageDraft = z.strictObject({
  chatId: id,
  text,
  type: z.enum(sendableTypes).default('text'),
  parentId: id.optional(),
  clientMessageId: clientMessageId.optional(),
  mentions: z
    .array(id)
    .max(limits.mentions)
    .refine((ids) => new Set(ids).size === ids.length, 'must name each person once')
    .meta({ uniqueItems: true })
    .optional(),
});
export type MessageDraft = z.infer<typeof MessageDraft>;

export const MessageEdited = z.object({ ...changeHead, kind: z.literal('message:edited'), message: Message });
export const MessageDeleted = z.object({
  ...changeHead,
  kind: z.literal('message:deleted'),
  messageId: id,
  seq,
});

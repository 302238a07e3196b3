import { z } from 'zod';
import { seq } from '../base/fields.js';
import { Chat, ChatDeleted, ChatUpdated } from '../chat/models.js';
import { MemberAdded, MemberRemoved } from '../member/models.js';
import { Message, MessageDeleted, MessageEdited } from '../message/models.js';

/** A change to what is already there, numbered `rev` in its chat; `kind` is the name of the fact that carries it. */
export const Change = z.discriminatedUnion('kind', [
  MessageEdited,
  MessageDeleted,
  MemberAdded,
  MemberRemoved,
  ChatUpdated,
  ChatDeleted,
]);
export type Change = z.infer<typeof Change>;
export type ChangeKind = Change['kind'];

/** Where somebody stands in the two logs of a chat: the last message and the last change they have. */
export const Position = z.strictObject({ seq, rev: seq });
export type Position = z.infer<typeof Position>;

/** What a caller has missed of one chat. Exactly one of the four. */
export const ChatSync = z.union([
  /** Everything after the position, or its first page (`more`); `seq` and `rev` are where the caller stands after it. */
  z.object({
    seq,
    rev: seq,
    messages: z.array(Message),
    changes: z.array(Change),
    more: z.boolean(),
  }),
  /** Too much to tell, or a position that never was: begin anew with this state and the newest page. */
  z.object({ reset: z.literal(true), chat: Chat, messages: z.array(Message) }),
  /** Not a chat of the caller, any more or ever. */
  z.object({ gone: z.literal(true) }),
  /** New to the caller. */
  z.object({ chat: Chat }),
]);
export type ChatSync = z.infer<typeof ChatSync>;

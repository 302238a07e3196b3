import { z } from 'zod';
import { id, seq, time } from './fields.js';

/** A person as others see them. */
export const User = z.object({ id, displayName: z.string(), avatarUrl: z.string().optional() });
export type User = z.infer<typeof User>;

/** A person as they see themselves. */
export const Me = User.extend({ email: z.string(), createdAt: time });
export type Me = z.infer<typeof Me>;

/** Issued on signing in. `expiresAt` is the access token's. */
export const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string(), expiresAt: time, user: Me });
export type Tokens = z.infer<typeof Tokens>;

/** One signed-in device; `current` is the one that asks. */
export const Session = z.object({ id, createdAt: time, expiresAt: time, current: z.boolean() });
export type Session = z.infer<typeof Session>;

/** Kinds of message a person can send; `system` ones are written by the server. */
export const sendableTypes = ['text', 'image', 'file'] as const;
export const messageTypes = [...sendableTypes, 'system'] as const;
export type MessageType = (typeof messageTypes)[number];

/** One message. `seq` is its place in the chat; `clientMessageId` is shown to its sender only; a tombstone has no text. */
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
});
export type Message = z.infer<typeof Message>;

export const chatTypes = ['direct', 'group', 'channel'] as const;
export type ChatType = (typeof chatTypes)[number];

/** From the most to the least powerful. */
export const roles = ['owner', 'admin', 'member', 'guest'] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

/**
 * One chat as the caller sees it: `role`, `readSeq` and `unreadCount` are the caller's. `members` (at most 50) is there
 * for direct chats always, for others where one chat is asked for, not in lists.
 */
export const Chat = z.object({
  id,
  type: z.enum(chatTypes),
  title: z.string().optional(),
  createdBy: id,
  createdAt: time,
  lastActivityAt: time,
  lastMessage: Message.optional(),
  lastSeq: seq,
  rev: seq,
  memberCount: z.int().nonnegative(),
  members: z.array(User).optional(),
  role: Role,
  readSeq: seq,
  unreadCount: z.int().nonnegative(),
});
export type Chat = z.infer<typeof Chat>;

export const Member = z.object({ user: User, role: Role, joinedAt: time, readSeq: seq, deliveredSeq: seq });
export type Member = z.infer<typeof Member>;

export const removalReasons = ['left', 'removed', 'banned'] as const;
export type RemovalReason = (typeof removalReasons)[number];

const changeHead = { chatId: id, rev: seq, at: time, by: id };

/** Changes to what is already there, numbered `rev` in their chat; `kind` is the name of the fact that carries them. */
export const MemberAdded = z.object({ ...changeHead, kind: z.literal('member:added'), member: Member });
export const MemberRemoved = z.object({
  ...changeHead,
  kind: z.literal('member:removed'),
  userId: id,
  reason: z.enum(removalReasons),
});
export const MessageEdited = z.object({ ...changeHead, kind: z.literal('message:edited'), message: Message });
export const MessageDeleted = z.object({
  ...changeHead,
  kind: z.literal('message:deleted'),
  messageId: id,
  seq,
});
export const ChatUpdated = z.object({
  ...changeHead,
  kind: z.literal('chat:updated'),
  chat: z.object({ title: z.string().optional() }),
});
export const ChatDeleted = z.object({ ...changeHead, kind: z.literal('chat:deleted') });
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

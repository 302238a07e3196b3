import { z } from 'zod';
import { clientMessageId, id, seq, text, time, title } from './fields.js';
import { limits } from './limits.js';
import { Chat, ChatSync, chatTypes, Member, Message, Position, sendableTypes } from './models.js';

/** A command: what the client asks (unknown fields refused) and what a successful acknowledgement adds to `success`. */
interface CommandEntry {
  readonly does: string;
  readonly request: z.ZodObject;
  readonly reply: z.ZodObject;
}

/** What creates a chat; the caller is added and owns it. A direct chat has exactly one other person. */
export const ChatDraft = z
  .strictObject({
    type: z.enum(chatTypes),
    title: title.optional(),
    memberIds: z.array(id).max(limits.membersPerRequest),
  })
  .refine((draft) => draft.type !== 'direct' || draft.memberIds.length === 1, {
    path: ['memberIds'],
    message: 'must name exactly one other person in a direct chat',
  })
  .refine((draft) => draft.type !== 'direct' || draft.title === undefined, {
    path: ['title'],
    message: 'must be left out in a direct chat',
  });
export type ChatDraft = z.infer<typeof ChatDraft>;

/** What sends a message; the same for the socket and for REST. */
export const MessageDraft = z.strictObject({
  chatId: id,
  text,
  type: z.enum(sendableTypes).default('text'),
  parentId: id.optional(),
  clientMessageId: clientMessageId.optional(),
  mentions: z.array(id).max(limits.mentions).optional(),
});
export type MessageDraft = z.infer<typeof MessageDraft>;

/** At most one bound: a page is before or after a place. */
export const oneBound = (page: { before?: unknown; after?: unknown }) =>
  page.before === undefined || page.after === undefined;
export const oneBoundMessage = { path: ['after'], message: 'must not be given together with before' };

const userIds = z.array(id).min(1).max(limits.membersPerRequest);

export const commands = {
  'chat:create': {
    does: 'creates a chat, or opens the direct chat with a person',
    request: ChatDraft,
    reply: z.object({ chat: Chat, created: z.boolean() }),
  },
  'chat:join': {
    does: 'opens a chat on this socket: its facts and hints from now on',
    request: z.strictObject({ chatId: id, since: Position.optional() }),
    reply: z.object({ message: z.string(), chat: Chat, sync: ChatSync.optional() }),
  },
  'chat:leave': {
    does: 'closes a chat on this socket: no more hints; facts still come while the caller is a member',
    request: z.strictObject({ chatId: id }),
    reply: z.object({ message: z.string() }),
  },
  'chat:update': {
    does: 'changes the title of a chat',
    request: z.strictObject({ chatId: id, title }),
    reply: z.object({ chat: Chat }),
  },
  'chat:delete': {
    does: 'deletes a chat for everyone (owner)',
    request: z.strictObject({ chatId: id }),
    reply: z.object({}),
  },
  'member:add': {
    does: 'adds people to a chat',
    request: z.strictObject({ chatId: id, userIds }),
    reply: z.object({ members: z.array(Member) }),
  },
  'member:remove': {
    does: 'removes a person from a chat',
    request: z.strictObject({ chatId: id, userId: id }),
    reply: z.object({}),
  },
  'member:leave': {
    does: 'leaves a chat for good',
    request: z.strictObject({ chatId: id }),
    reply: z.object({}),
  },
  'message:send': {
    does: 'sends a message; the acknowledgement means it is stored',
    request: MessageDraft,
    reply: z.object({ message: Message, duplicate: z.literal(true).optional() }),
  },
  'message:edit': {
    does: "changes the text of a message of one's own",
    request: z.strictObject({ messageId: id, text }),
    reply: z.object({ message: Message }),
  },
  'message:delete': {
    does: 'deletes a message for everyone; a tombstone stays in its place',
    request: z.strictObject({ messageId: id, for: z.literal('everyone').optional() }),
    reply: z.object({}),
  },
  'message:list': {
    does: 'a page of history, ascending by seq; the newest page without a bound',
    request: z
      .strictObject({
        chatId: id,
        before: seq.optional(),
        after: seq.optional(),
        limit: z.int().min(1).max(limits.pageItems).default(limits.pageItemsDefault),
      })
      .refine(oneBound, oneBoundMessage),
    reply: z.object({ items: z.array(Message) }),
  },
  'auth:refresh': {
    does: 'goes on with a newer access token of the same user',
    request: z.strictObject({ token: z.string().min(1).max(limits.tokenChars) }),
    reply: z.object({ expiresAt: time }),
  },
  sync: {
    does: 'what the caller has missed of each chat since a position, and the chats that are new unless `includeNew` is false',
    request: z.strictObject({
      chats: z
        .record(id, Position)
        .refine((chats) => Object.keys(chats).length <= limits.syncChats, `must be at most ${limits.syncChats} chats`),
      /** False: only the chats named, as who has a gap in one of them asks. */
      includeNew: z.boolean().default(true),
    }),
    reply: z.object({ chats: z.record(id, ChatSync) }),
  },
} as const satisfies Record<string, CommandEntry>;

export type CommandName = keyof typeof commands;
/** What a handler gets: checked, defaults filled in. */
export type RequestOf<K extends CommandName> = z.output<(typeof commands)[K]['request']>;
/** What a client sends. */
export type RequestInput<K extends CommandName> = z.input<(typeof commands)[K]['request']>;
export type ReplyOf<K extends CommandName> = z.output<(typeof commands)[K]['reply']>;

import { z } from 'zod';
import { changeHead, clientMutationId, id, seq, time } from '../base/fields.js';
import { limits } from '../base/limits.js';
import { Role } from '../member/models.js';
import { Message } from '../message/models.js';
import { User } from '../user/models.js';
import { title } from './fields.js';
import { ChatSettings, ChatSettingsWish } from './settings.js';

export const chatTypes = ['direct', 'group', 'channel'] as const;
export type ChatType = (typeof chatTypes)[number];

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
  /** Left out in direct chats, and by older replicas. */
  settings: ChatSettings.optional(),
  memberCount: z.int().nonnegative(),
  members: z.array(User).optional(),
  role: Role,
  readSeq: seq,
  unreadCount: z.int().nonnegative(),
});
export type Chat = z.infer<typeof Chat>;

/** What creates a chat; the caller is added and owns it. A direct chat has exactly one other person. */
export const ChatDraft = z
  .strictObject({
    type: z.enum(chatTypes),
    title: title.optional(),
    memberIds: z.array(id).max(limits.membersPerRequest),
    clientMutationId,
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

/** Of these at least one, as it is to be from now on; settings that are left out stay as they are. */
export const chatWish = { title: title.optional(), settings: ChatSettingsWish.optional() };
export const namesTitleOrSettings = [
  ({ title: name, settings }: { title?: unknown; settings?: unknown }) => name !== undefined || settings !== undefined,
  'must have a title or settings',
] as const;

export const ChatUpdated = z.object({
  ...changeHead,
  kind: z.literal('chat:updated'),
  /** What is another now. */
  chat: z.object({ title: z.string().optional(), settings: ChatSettings.optional() }),
});
export const ChatDeleted = z.object({ ...changeHead, kind: z.literal('chat:deleted') });

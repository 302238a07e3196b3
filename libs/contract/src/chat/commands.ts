import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { clientMutationId, id } from '../base/fields.js';
import { ChatSync, Position } from '../sync/models.js';
import { Chat, chatWish, ChatDraft, namesTitleOrSettings } from './models.js';

export const chatCommands = {
  'chat:create': {
    does: 'creates a chat, or opens the direct chat with a person',
    refusals: ['chat/access_denied', 'user/unknown', 'request/mutation_id_reused'],
    request: ChatDraft,
    reply: z.object({ chat: Chat, created: z.boolean() }),
  },
  'chat:join': {
    does: 'opens a chat on this socket: its facts from now on',
    refusals: ['chat/access_denied'],
    request: z.strictObject({ chatId: id, since: Position.optional() }),
    reply: z.object({ message: z.string(), chat: Chat, sync: ChatSync.optional() }),
  },
  'chat:leave': {
    does: 'closes a chat on this socket; its facts still come while the caller is a member',
    refusals: ['chat/access_denied'],
    request: z.strictObject({ chatId: id }),
    reply: z.object({ message: z.string() }),
  },
  'chat:update': {
    does: 'changes the title or the settings of a chat',
    refusals: ['chat/access_denied', 'chat/role_required', 'chat/direct_fixed', 'request/mutation_id_reused'],
    request: z.strictObject({ chatId: id, ...chatWish, clientMutationId }).refine(...namesTitleOrSettings),
    reply: z.object({ chat: Chat }),
  },
  'chat:delete': {
    does: 'deletes a chat for everyone (owner); a direct chat is hidden from the caller until the next message',
    refusals: ['chat/access_denied', 'chat/role_required'],
    request: z.strictObject({ chatId: id }),
    reply: z.object({}),
  },
} as const satisfies Record<string, CommandEntry>;

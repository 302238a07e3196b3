import { z } from 'zod';
import { page, paged } from '../base/entries.js';
import type { RouteEntry } from '../base/entries.js';
import { clientMutationId, id } from '../base/fields.js';
import { chatCommands } from './commands.js';
import { Chat, chatWish, ChatDraft, namesTitleOrSettings } from './models.js';

const chatParams = z.strictObject({ chatId: id });

export const chatRoutes = {
  'chats.list': {
    method: 'GET',
    path: '/chats',
    does: "the caller's chats, newest activity first",
    refusals: [],
    tag: 'chats',
    caller: 'user',
    status: 200,
    query: z.strictObject(paged),
    reply: page(Chat),
  },
  'chats.create': {
    method: 'POST',
    path: '/chats',
    does: 'creates a chat; 200 with the existing one for a direct chat opened before, or for a clientMutationId used before',
    refusals: chatCommands['chat:create'].refusals,
    tag: 'chats',
    caller: 'user',
    status: 201,
    repeated: 'the direct chat that there is already, or the chat created under this clientMutationId',
    body: ChatDraft,
    reply: Chat,
  },
  'chats.get': {
    method: 'GET',
    path: '/chats/:chatId',
    does: 'one chat',
    refusals: ['chat/access_denied'],
    tag: 'chats',
    caller: 'user',
    status: 200,
    params: chatParams,
    reply: Chat,
  },
  'chats.update': {
    method: 'PATCH',
    path: '/chats/:chatId',
    does: 'changes the title or the settings of a chat',
    refusals: chatCommands['chat:update'].refusals,
    tag: 'chats',
    caller: 'user',
    status: 200,
    params: chatParams,
    body: z.strictObject({ ...chatWish, clientMutationId }).refine(...namesTitleOrSettings),
    reply: Chat,
  },
  'chats.delete': {
    method: 'DELETE',
    path: '/chats/:chatId',
    does: 'deletes a chat for everyone (owner); a direct chat is hidden from the caller until the next message',
    refusals: chatCommands['chat:delete'].refusals,
    tag: 'chats',
    caller: 'user',
    status: 204,
    params: chatParams,
  },
} as const satisfies Record<string, RouteEntry>;

import { z } from 'zod';
import { ChatDraft } from '../commands.js';
import { id, title } from '../fields.js';
import { limits } from '../limits.js';
import { Chat, Member } from '../models.js';
import { page, paged } from './entry.js';
import type { RouteEntry } from './entry.js';

const chatParams = z.strictObject({ chatId: id });

/** Chats and the people in them. */
export const chatRoutes = {
  'chats.list': {
    method: 'GET',
    path: '/chats',
    does: "the caller's chats, newest activity first",
    tag: 'chats',
    caller: 'user',
    status: 200,
    query: z.strictObject(paged),
    reply: page(Chat),
  },
  'chats.create': {
    method: 'POST',
    path: '/chats',
    does: 'creates a chat; 200 with the existing one for a direct chat opened before',
    tag: 'chats',
    caller: 'user',
    status: 201,
    body: ChatDraft,
    reply: Chat,
  },
  'chats.get': {
    method: 'GET',
    path: '/chats/:chatId',
    does: 'one chat',
    tag: 'chats',
    caller: 'user',
    status: 200,
    params: chatParams,
    reply: Chat,
  },
  'chats.update': {
    method: 'PATCH',
    path: '/chats/:chatId',
    does: 'changes the title of a chat',
    tag: 'chats',
    caller: 'user',
    status: 200,
    params: chatParams,
    body: z.strictObject({ title }),
    reply: Chat,
  },
  'chats.delete': {
    method: 'DELETE',
    path: '/chats/:chatId',
    does: 'deletes a chat for everyone (owner)',
    tag: 'chats',
    caller: 'user',
    status: 204,
    params: chatParams,
  },
  'members.list': {
    method: 'GET',
    path: '/chats/:chatId/members',
    does: 'the members of a chat, longest there first',
    tag: 'members',
    caller: 'user',
    status: 200,
    params: chatParams,
    query: z.strictObject(paged),
    reply: page(Member),
  },
  'members.add': {
    method: 'POST',
    path: '/chats/:chatId/members',
    does: 'adds people; who is a member already stays one',
    tag: 'members',
    caller: 'user',
    status: 201,
    params: chatParams,
    body: z.strictObject({ userIds: z.array(id).min(1).max(limits.membersPerRequest) }),
    reply: z.object({ items: z.array(Member) }),
  },
  'members.remove': {
    method: 'DELETE',
    path: '/chats/:chatId/members/:userId',
    does: 'removes a person, or leaves when it is the caller',
    tag: 'members',
    caller: 'user',
    status: 204,
    params: z.strictObject({ chatId: id, userId: id }),
  },
} as const satisfies Record<string, RouteEntry>;

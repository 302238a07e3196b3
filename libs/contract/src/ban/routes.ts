import { z } from 'zod';
import { page, paged } from '../base/entries.js';
import type { RouteEntry } from '../base/entries.js';
import { clientMutationId, id } from '../base/fields.js';
import { banCommands } from './commands.js';
import { expiresAt, reason } from './fields.js';
import { Ban } from './models.js';

const banParams = z.strictObject({ chatId: id, userId: id });

export const banRoutes = {
  'bans.list': {
    method: 'GET',
    path: '/chats/:chatId/bans',
    does: 'who is kept out of a chat, for those who may change that',
    refusals: ['chat/access_denied', 'chat/role_required'],
    tag: 'members',
    caller: 'user',
    status: 200,
    params: z.strictObject({ chatId: id }),
    query: z.strictObject(paged),
    reply: page(Ban),
  },
  'bans.set': {
    method: 'PUT',
    path: '/chats/:chatId/bans/:userId',
    does: 'keeps a person out of a chat, and removes them where they are in it',
    refusals: banCommands['member:ban'].refusals,
    tag: 'members',
    caller: 'user',
    status: 204,
    params: banParams,
    body: z.strictObject({ reason, expiresAt, clientMutationId }),
  },
  'bans.remove': {
    method: 'DELETE',
    path: '/chats/:chatId/bans/:userId',
    does: 'lets a person be added to a chat again',
    refusals: banCommands['member:unban'].refusals,
    tag: 'members',
    caller: 'user',
    status: 204,
    params: banParams,
    query: z.strictObject({ clientMutationId }),
  },
} as const satisfies Record<string, RouteEntry>;

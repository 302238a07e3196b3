import { z } from 'zod';
import { page, paged } from '../base/entries.js';
import type { RouteEntry } from '../base/entries.js';
import { clientMutationId, id } from '../base/fields.js';
import { memberCommands } from './commands.js';
import { userIds } from './fields.js';
import { Member, Role } from './models.js';

const chatParams = z.strictObject({ chatId: id });
const memberParams = z.strictObject({ chatId: id, userId: id });

export const memberRoutes = {
  'members.list': {
    method: 'GET',
    path: '/chats/:chatId/members',
    does: 'the members of a chat, longest there first',
    refusals: ['chat/access_denied'],
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
    refusals: memberCommands['member:add'].refusals,
    tag: 'members',
    caller: 'user',
    status: 201,
    params: chatParams,
    body: z.strictObject({ userIds, clientMutationId }),
    reply: z.object({ items: z.array(Member) }),
  },
  'members.update': {
    method: 'PATCH',
    path: '/chats/:chatId/members/:userId',
    does: 'gives a member another role; `owner` hands the chat over',
    refusals: memberCommands['member:update'].refusals,
    tag: 'members',
    caller: 'user',
    status: 200,
    params: memberParams,
    body: z.strictObject({ role: Role, clientMutationId }),
    reply: Member,
  },
  'members.remove': {
    method: 'DELETE',
    path: '/chats/:chatId/members/:userId',
    does: 'removes a person, or leaves when it is the caller',
    refusals: memberCommands['member:remove'].refusals,
    tag: 'members',
    caller: 'user',
    status: 204,
    params: memberParams,
    query: z.strictObject({ clientMutationId }),
  },
} as const satisfies Record<string, RouteEntry>;

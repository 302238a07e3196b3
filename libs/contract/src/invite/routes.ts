import { z } from 'zod';
import type { RouteEntry } from '../base/entries.js';
import { clientMutationId, id } from '../base/fields.js';
import { Chat } from '../chat/models.js';
import { inviteCommands } from './commands.js';
import { inviteToken, inviteWish } from './fields.js';
import { Invite, InvitedTo, NewInvite } from './models.js';

const chatParams = z.strictObject({ chatId: id });
const tokenParams = z.strictObject({ token: inviteToken });

export const inviteRoutes = {
  'invites.list': {
    method: 'GET',
    path: '/chats/:chatId/invites',
    does: 'the invites of a chat that can still be used: to admins all, to others those that they have made',
    refusals: ['chat/access_denied'],
    tag: 'members',
    caller: 'user',
    status: 200,
    params: chatParams,
    reply: z.object({ items: z.array(Invite) }),
  },
  'invites.create': {
    method: 'POST',
    path: '/chats/:chatId/invites',
    does: 'makes a link by which people come into a chat',
    refusals: inviteCommands['invite:create'].refusals,
    tag: 'members',
    caller: 'user',
    status: 201,
    params: chatParams,
    body: z.strictObject({ ...inviteWish, clientMutationId }),
    reply: NewInvite,
  },
  'invites.revoke': {
    method: 'DELETE',
    path: '/chats/:chatId/invites/:inviteId',
    does: 'ends an invite, one of your own or, as an admin, any',
    refusals: inviteCommands['invite:revoke'].refusals,
    tag: 'members',
    caller: 'user',
    status: 204,
    params: z.strictObject({ chatId: id, inviteId: id }),
  },
  'invites.get': {
    method: 'GET',
    path: '/invites/:token',
    does: 'what an invite is for, to who may come in by it',
    refusals: ['invite/invalid'],
    tag: 'members',
    caller: 'user',
    status: 200,
    params: tokenParams,
    reply: InvitedTo,
  },
  'invites.accept': {
    method: 'POST',
    path: '/invites/:token',
    does: 'makes you a member of the chat that an invite is for',
    refusals: inviteCommands['invite:accept'].refusals,
    tag: 'members',
    caller: 'user',
    status: 200,
    params: tokenParams,
    body: z.strictObject({ clientMutationId }),
    reply: Chat,
  },
} as const satisfies Record<string, RouteEntry>;

import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { clientMutationId, id } from '../base/fields.js';
import { Chat } from '../chat/models.js';
import { inviteToken, inviteWish } from './fields.js';
import { NewInvite } from './models.js';

export const inviteCommands = {
  'invite:create': {
    does: 'makes a link by which people come into a chat',
    refusals: [
      'chat/access_denied',
      'chat/role_required',
      'chat/direct_fixed',
      'invite/too_many',
      'request/mutation_id_reused',
    ],
    request: z.strictObject({ chatId: id, ...inviteWish, clientMutationId }),
    reply: z.object({ invite: NewInvite }),
  },
  'invite:revoke': {
    does: 'ends an invite, one of your own or, as an admin, any',
    refusals: ['chat/access_denied', 'chat/role_required', 'invite/invalid'],
    request: z.strictObject({ chatId: id, inviteId: id }),
    reply: z.object({}),
  },
  'invite:accept': {
    does: 'makes you a member of the chat that an invite is for',
    refusals: ['invite/invalid', 'chat/full'],
    request: z.strictObject({ token: inviteToken, clientMutationId }),
    reply: z.object({ chat: Chat }),
  },
} as const satisfies Record<string, CommandEntry>;

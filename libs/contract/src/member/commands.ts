import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { clientMutationId, id } from '../base/fields.js';
import { userIds } from './fields.js';
import { Member, Role } from './models.js';

export const memberCommands = {
  'member:add': {
    does: 'adds people to a chat',
    refusals: [
      'chat/access_denied',
      'chat/role_required',
      'chat/direct_fixed',
      'chat/full',
      'member/banned',
      'user/unknown',
      'request/mutation_id_reused',
    ],
    request: z.strictObject({ chatId: id, userIds, clientMutationId }),
    reply: z.object({ members: z.array(Member) }),
  },
  'member:update': {
    does: 'gives a member another role; `owner` hands the chat over',
    refusals: [
      'chat/access_denied',
      'chat/role_required',
      'chat/direct_fixed',
      'chat/owner_required',
      'member/unknown',
      'user/unknown',
      'request/mutation_id_reused',
    ],
    request: z.strictObject({ chatId: id, userId: id, role: Role, clientMutationId }),
    reply: z.object({ member: Member }),
  },
  'member:remove': {
    does: 'removes a person from a chat',
    refusals: [
      'chat/access_denied',
      'chat/role_required',
      'chat/direct_fixed',
      'chat/owner_required',
      'member/unknown',
      'request/mutation_id_reused',
    ],
    request: z.strictObject({ chatId: id, userId: id, clientMutationId }),
    reply: z.object({}),
  },
  'member:leave': {
    does: 'leaves a chat for good',
    refusals: ['chat/access_denied', 'chat/direct_fixed', 'chat/owner_required', 'request/mutation_id_reused'],
    request: z.strictObject({ chatId: id, clientMutationId }),
    reply: z.object({}),
  },
} as const satisfies Record<string, CommandEntry>;

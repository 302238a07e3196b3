import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { clientMutationId, id } from '../base/fields.js';
import { userIds } from './fields.js';
import { Member, Role } from './models.js';

export const memberCommands = {
  'member:add': {
    does: 'adds people to a chat',
    request: z.strictObject({ chatId: id, userIds, clientMutationId }),
    reply: z.object({ members: z.array(Member) }),
  },
  'member:update': {
    does: 'gives a member another role; `owner` hands the chat over',
    request: z.strictObject({ chatId: id, userId: id, role: Role, clientMutationId }),
    reply: z.object({ member: Member }),
  },
  'member:remove': {
    does: 'removes a person from a chat',
    request: z.strictObject({ chatId: id, userId: id, clientMutationId }),
    reply: z.object({}),
  },
  'member:leave': {
    does: 'leaves a chat for good',
    request: z.strictObject({ chatId: id, clientMutationId }),
    reply: z.object({}),
  },
} as const satisfies Record<string, CommandEntry>;

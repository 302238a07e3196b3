import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { clientMutationId, id } from '../base/fields.js';
import { expiresAt, reason } from './fields.js';

export const banCommands = {
  'member:ban': {
    does: 'keeps a person out of a chat, and removes them where they are in it',
    refusals: [
      'chat/access_denied',
      'chat/role_required',
      'chat/direct_fixed',
      'chat/owner_required',
      'user/unknown',
      'request/mutation_id_reused',
    ],
    request: z.strictObject({ chatId: id, userId: id, reason, expiresAt, clientMutationId }),
    reply: z.object({}),
  },
  'member:unban': {
    does: 'lets a person be added to a chat again',
    refusals: [
      'chat/access_denied',
      'chat/role_required',
      'chat/direct_fixed',
      'chat/owner_required',
      'user/unknown',
      'request/mutation_id_reused',
    ],
    request: z.strictObject({ chatId: id, userId: id, clientMutationId }),
    reply: z.object({}),
  },
} as const satisfies Record<string, CommandEntry>;

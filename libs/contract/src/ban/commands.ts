import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { clientMutationId, id } from '../base/fields.js';
import { expiresAt, reason } from './fields.js';

export const banCommands = {
  'member:ban': {
    does: 'keeps a person out of a chat, and removes them where they are in it',
    request: z.strictObject({ chatId: id, userId: id, reason, expiresAt, clientMutationId }),
    reply: z.object({}),
  },
  'member:unban': {
    does: 'lets a person be added to a chat again',
    request: z.strictObject({ chatId: id, userId: id, clientMutationId }),
    reply: z.object({}),
  },
} as const satisfies Record<string, CommandEntry>;

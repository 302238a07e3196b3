import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { time } from '../base/fields.js';
import { limits } from '../base/limits.js';

export const sessionCommands = {
  'session:probe': {
    does: 'nothing: the answer says that this replica gets to its commands',
    refusals: [],
    request: z.strictObject({}),
    reply: z.object({}),
  },
  'auth:refresh': {
    does: 'goes on with a newer access token of the same user',
    refusals: ['auth/token_invalid', 'auth/token_expired', 'auth/user_disabled'],
    request: z.strictObject({ token: z.string().min(1).max(limits.tokenChars) }),
    reply: z.object({ expiresAt: time }),
  },
} as const satisfies Record<string, CommandEntry>;

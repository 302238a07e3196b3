import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { id } from '../base/fields.js';
import { limits } from '../base/limits.js';
import { Presence } from './models.js';

export const presenceCommands = {
  'presence:watch': {
    does: 'whether people are there, and from now on what changes of that; who shares no chat with the caller is left out',
    refusals: [],
    request: z.strictObject({ userIds: z.array(id).min(1).max(limits.presenceUsers) }),
    reply: z.object({ users: z.array(Presence) }),
  },
} as const satisfies Record<string, CommandEntry>;

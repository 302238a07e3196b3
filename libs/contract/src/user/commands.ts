import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { atLeastOne, Me, profileWish } from './models.js';

export const userCommands = {
  'me:update': {
    does: "changes one's name or picture, wherever one is shown",
    refusals: [],
    request: z.strictObject(profileWish).refine(...atLeastOne),
    reply: z.object({ user: Me }),
  },
} as const satisfies Record<string, CommandEntry>;

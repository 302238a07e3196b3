import { z } from 'zod';
import type { HintEntry } from '../base/entries.js';

export const presenceHints = {
  'presence:set': {
    does: 'says whether somebody is at this device; whoever connects is `online`',
    payload: z.strictObject({ state: z.enum(['online', 'away']) }),
  },
} as const satisfies Record<string, HintEntry>;

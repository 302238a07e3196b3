import { z } from 'zod';
import type { FactEntry } from '../base/entries.js';
import { seq } from '../base/fields.js';
import { ChatMarked } from './models.js';

export const meFacts = {
  'me:head': {
    means: 'where your own log stands, which moved lately: what you lack of it was lost on its way',
    payload: z.object({ ownRev: seq }),
  },
  'chat:marked': { means: 'you have marked a chat for yourself, on whatever device', payload: ChatMarked },
} as const satisfies Record<string, FactEntry>;

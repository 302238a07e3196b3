import { z } from 'zod';
import type { FactEntry } from '../base/entries.js';
import { seq } from '../base/fields.js';
import { ChatMarked, DraftChanged } from './models.js';

export const meFacts = {
  'me:head': {
    means: 'where your own log stands, which moved lately: what you lack of it was lost on its way',
    payload: z.object({ ownRev: seq }),
  },
  'chat:marked': { means: 'you have marked a chat for yourself, on whatever device', payload: ChatMarked },
  'draft:changed': { means: 'you have written in a chat, and not sent it, on whatever device', payload: DraftChanged },
} as const satisfies Record<string, FactEntry>;

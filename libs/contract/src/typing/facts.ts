import { z } from 'zod';
import type { FactEntry } from '../base/entries.js';
import { id } from '../base/fields.js';

export const typingFacts = {
  'typing:changed': {
    means:
      'somebody is writing in a chat that you have open, or has stopped; it is over after 6 s, and with their message, by itself',
    payload: z.object({ chatId: id, userId: id, typing: z.boolean() }),
  },
} as const satisfies Record<string, FactEntry>;

import { z } from 'zod';
import type { HintEntry } from '../base/entries.js';
import { id } from '../base/fields.js';

export const typingHints = {
  'typing:start': {
    does: 'says that the caller is writing; again every few seconds while that goes on',
    payload: z.strictObject({ chatId: id }),
  },
  'typing:stop': { does: 'says that they have stopped, and sent nothing', payload: z.strictObject({ chatId: id }) },
} as const satisfies Record<string, HintEntry>;

import type { FactEntry } from '../base/entries.js';
import { ChatMarked } from './models.js';

export const meFacts = {
  'chat:marked': { means: 'you have marked a chat for yourself, on whatever device', payload: ChatMarked },
} as const satisfies Record<string, FactEntry>;

import type { FactEntry } from '../base/entries.js';
import { User } from './models.js';

export const userFacts = {
  'user:updated': { means: 'a person who shares a chat with you, or you, has another name or picture', payload: User },
} as const satisfies Record<string, FactEntry>;

import type { FactEntry } from '../base/entries.js';
import { BanChanged } from './models.js';

export const banFacts = {
  'ban:changed': { means: 'the list of bans is another: who may see it reads it', payload: BanChanged },
} as const satisfies Record<string, FactEntry>;

import type { FactEntry } from '../base/entries.js';
import { Presence } from './models.js';

export const presenceFacts = {
  'presence:changed': { means: 'a person whom this socket watches has come, gone, or is away', payload: Presence },
} as const satisfies Record<string, FactEntry>;

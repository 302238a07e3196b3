import type { FactEntry } from '../base/entries.js';
import { MemberAdded, MemberRemoved, MemberUpdated } from './models.js';

export const memberFacts = {
  'member:added': { means: 'a person is a member now', payload: MemberAdded },
  'member:updated': {
    means: 'a member has another role; with `previousOwner`, the chat was handed over',
    payload: MemberUpdated,
  },
  'member:removed': {
    means: 'a person is no member any more; to that person, the last fact of the chat',
    payload: MemberRemoved,
  },
} as const satisfies Record<string, FactEntry>;

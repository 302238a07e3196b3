import type { z } from 'zod';
import type { FactEntry } from './base/entries.js';
import { chatFacts } from './chat/facts.js';
import { meFacts } from './me/facts.js';
import { banFacts } from './ban/facts.js';
import { memberFacts } from './member/facts.js';
import { messageFacts } from './message/facts.js';
import { presenceFacts } from './presence/facts.js';
import { reactionFacts } from './reaction/facts.js';
import { receiptFacts } from './receipt/facts.js';
import { serverFacts } from './server/facts.js';
import { sessionFacts } from './session/facts.js';
import { typingFacts } from './typing/facts.js';
import { userFacts } from './user/facts.js';

/** Facts: what the server tells, in the past tense or as state. They are never acknowledged. */
export const facts = {
  ...sessionFacts,
  ...serverFacts,
  ...chatFacts,
  ...memberFacts,
  ...banFacts,
  ...messageFacts,
  ...reactionFacts,
  ...receiptFacts,
  ...typingFacts,
  ...presenceFacts,
  ...userFacts,
  ...meFacts,
} as const satisfies Record<string, FactEntry>;

export type { FactEntry };
export type FactName = keyof typeof facts;
export type FactOf<F extends FactName> = z.output<(typeof facts)[F]['payload']>;

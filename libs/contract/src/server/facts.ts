import { z } from 'zod';
import type { FactEntry } from '../base/entries.js';
import { time } from '../base/fields.js';

export const serverFacts = {
  'server:degraded': {
    means:
      'this replica does not reach the others: heads of chats that moved come every `headsMs`, ask for those that are ahead; where that is not said, ask with sync every few seconds',
    payload: z.object({ since: time, headsMs: z.int().positive().optional() }),
  },
  'server:recovered': { means: 'it reaches the others again', payload: z.object({ since: time }) },
  'server:draining': {
    means:
      'this replica goes away, or has more clients than its share: connect anew after this time and let go of this connection then; a replica that goes away closes it by then',
    payload: z.object({ reconnectInMs: z.int().nonnegative() }),
  },
  'store:unavailable': {
    means: 'the store takes no writes: messages have to wait',
    payload: z.object({ since: time }),
  },
  'store:recovered': {
    means: 'the store takes writes again: send what waits, at a random moment within a second',
    payload: z.object({ since: time }),
  },
  exception: {
    means: 'a command that asked for no acknowledgement failed',
    payload: z.object({
      command: z.string(),
      error: z.string(),
      code: z.string(),
      retryable: z.boolean(),
      details: z
        .array(z.object({ path: z.string(), message: z.string() }))
        .readonly()
        .optional(),
      retryAfterMs: z.int().nonnegative().optional(),
      correlationId: z.string().optional(),
    }),
  },
} as const satisfies Record<string, FactEntry>;

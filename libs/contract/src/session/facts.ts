import { z } from 'zod';
import type { FactEntry } from '../base/entries.js';
import { id, time } from '../base/fields.js';
import { SocketLimits } from './models.js';

/** Why the server closes a socket; `reconnect` says whether coming back makes sense. */
export const closings = {
  'client/flooding': { reconnect: false, means: 'too many commands that had to be refused' },
  'request/too_large': { reconnect: false, means: 'a frame so large that it was not taken in' },
  'client/too_slow': { reconnect: true, means: 'more was waiting for this client than it took' },
  'auth/token_expired': { reconnect: true, means: 'the access token ended without auth:refresh' },
  'auth/session_revoked': { reconnect: false, means: 'the session was signed out or revoked' },
  'auth/user_disabled': { reconnect: false, means: 'the account was disabled' },
} as const;
export type ClosingCode = keyof typeof closings;

export const sessionFacts = {
  'session:ready': {
    means: 'the first fact on every socket: who it is, on which replica, and how much it may ask for',
    payload: z.object({
      userId: id,
      sessionId: id,
      replica: z.string(),
      protocol: z.int(),
      serverTime: time,
      expiresAt: time,
      /** Older replicas do not say. */
      limits: SocketLimits.optional(),
    }),
  },
  'session:expiring': {
    means: 'the access token ends soon: send auth:refresh with a newer one',
    payload: z.object({ expiresAt: time }),
  },
  'session:closing': {
    means: 'the server closes this socket now',
    payload: z.object({
      code: z.enum(Object.keys(closings) as [ClosingCode, ...ClosingCode[]]),
      reconnect: z.boolean(),
    }),
  },
} as const satisfies Record<string, FactEntry>;

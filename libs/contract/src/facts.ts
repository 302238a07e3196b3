import { z } from 'zod';
import { id, time } from './fields.js';
import { Chat, ChatDeleted, MemberAdded, MemberRemoved, Message } from './models.js';

/** Why the server closes a socket; `reconnect` says whether coming back makes sense. */
export const closings = {
  'client/flooding': { reconnect: false, means: 'too many commands that had to be refused' },
} as const;
export type ClosingCode = keyof typeof closings;

interface FactEntry {
  readonly means: string;
  readonly payload: z.ZodObject;
}

/** Facts: what the server tells, in the past tense or as state. They are never acknowledged. */
export const facts = {
  'session:ready': {
    means: 'the first fact on every socket: who it is, and on which replica',
    payload: z.object({
      userId: id,
      sessionId: id,
      replica: z.string(),
      protocol: z.int(),
      serverTime: time,
      expiresAt: time,
    }),
  },
  'session:closing': {
    means: 'the server closes this socket now',
    payload: z.object({
      code: z.enum(Object.keys(closings) as [ClosingCode, ...ClosingCode[]]),
      reconnect: z.boolean(),
    }),
  },
  exception: {
    means: 'a command that asked for no acknowledgement failed',
    payload: z.looseObject({ command: z.string(), error: z.string(), code: z.string(), retryable: z.boolean() }),
  },
  'chat:created': { means: 'a chat is there for you: it was created, or you were added', payload: Chat },
  'chat:deleted': { means: 'the chat is gone for everyone', payload: ChatDeleted },
  'member:added': { means: 'a person is a member now', payload: MemberAdded },
  'member:removed': {
    means: 'a person is no member any more; to that person, the last fact of the chat',
    payload: MemberRemoved,
  },
  'message:new': { means: 'a message was stored', payload: Message },
} as const satisfies Record<string, FactEntry>;

export type FactName = keyof typeof facts;
export type FactOf<F extends FactName> = z.output<(typeof facts)[F]['payload']>;

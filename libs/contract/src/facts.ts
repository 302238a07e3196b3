import { z } from 'zod';
import { id, time } from './fields.js';
import {
  Chat,
  ChatDeleted,
  ChatUpdated,
  MemberAdded,
  MemberRemoved,
  Message,
  MessageDeleted,
  MessageEdited,
  Position,
} from './models.js';

/** Why the server closes a socket; `reconnect` says whether coming back makes sense. */
export const closings = {
  'client/flooding': { reconnect: false, means: 'too many commands that had to be refused' },
  'client/too_slow': { reconnect: true, means: 'more was waiting for this client than it took' },
  'auth/token_expired': { reconnect: true, means: 'the access token ended without auth:refresh' },
  'auth/session_revoked': { reconnect: false, means: 'the session was signed out or revoked' },
  'auth/user_disabled': { reconnect: false, means: 'the account was disabled' },
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
  'server:degraded': {
    means: 'this replica does not reach the others: ask with sync every few seconds',
    payload: z.object({ since: time }),
  },
  'server:recovered': { means: 'it reaches the others again', payload: z.object({ since: time }) },
  'server:draining': {
    means: 'this replica goes away: connect anew after this time, the connection is closed by then',
    payload: z.object({ reconnectInMs: z.int().nonnegative() }),
  },
  exception: {
    means: 'a command that asked for no acknowledgement failed',
    payload: z.looseObject({ command: z.string(), error: z.string(), code: z.string(), retryable: z.boolean() }),
  },
  'chat:created': { means: 'a chat is there for you: it was created, or you were added', payload: Chat },
  'chat:updated': { means: 'the title of the chat changed', payload: ChatUpdated },
  'chat:heads': {
    means: 'where chats stand that moved lately: who is behind asks for the rest',
    payload: z.object({ chats: z.record(id, Position) }),
  },
  'chat:deleted': { means: 'the chat is gone for everyone', payload: ChatDeleted },
  'member:added': { means: 'a person is a member now', payload: MemberAdded },
  'member:removed': {
    means: 'a person is no member any more; to that person, the last fact of the chat',
    payload: MemberRemoved,
  },
  'message:new': { means: 'a message was stored', payload: Message },
  'message:edited': { means: 'the text of a message changed', payload: MessageEdited },
  'message:deleted': { means: 'a message is a tombstone now', payload: MessageDeleted },
} as const satisfies Record<string, FactEntry>;

export type FactName = keyof typeof facts;
export type FactOf<F extends FactName> = z.output<(typeof facts)[F]['payload']>;

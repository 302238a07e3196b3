import { Chat, facts } from '@roost/contract';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { strict } from './strict.js';

const sender = { id: 'a'.repeat(24), displayName: 'Ada' };

test('what a schema does not declare is refused at every depth', () => {
  const schema = strict(z.object({ list: z.array(z.object({ one: z.string() })), maybe: z.object({}).optional() }));
  expect(schema.safeParse({ list: [{ one: 'a' }] }).success).toBe(true);
  expect(schema.safeParse({ list: [{ one: 'a' }], more: 1 }).success).toBe(false);
  expect(schema.safeParse({ list: [{ one: 'a', more: 1 }] }).success).toBe(false);
  expect(schema.safeParse({ list: [], maybe: { more: 1 } }).success).toBe(false);
});

test('the alternatives of a union are strict too', () => {
  const kinds = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), value: z.number() }),
    z.object({ kind: z.literal('b') }),
  ]);
  expect(strict(kinds).safeParse({ kind: 'a', value: 1 }).success).toBe(true);
  expect(strict(kinds).safeParse({ kind: 'b', value: 1 }).success).toBe(false);
});

test('a schema that takes further fields by its own words goes on taking them', () => {
  const exception = { command: 'chat:join', error: 'Access denied', code: 'chat/access_denied', retryable: false };
  expect(strict(facts.exception.payload).safeParse({ ...exception, retryAfterMs: 5 }).success).toBe(true);
});

test("a chat of the contract with a field too many in its last message's sender", () => {
  const at = '2026-01-01T00:00:00.000Z';
  const lastMessage = { id: sender.id, chatId: sender.id, seq: 1, sender, type: 'text', text: 'Hello', createdAt: at };
  const chat = {
    id: sender.id,
    type: 'group',
    createdBy: sender.id,
    createdAt: at,
    lastActivityAt: at,
    lastMessage,
    lastSeq: 1,
    rev: 0,
    memberCount: 1,
    role: 'owner',
    readSeq: 1,
    unreadCount: 0,
  };
  expect(strict(Chat).safeParse(chat).success).toBe(true);
  const leaking = { ...chat, lastMessage: { ...lastMessage, sender: { ...sender, email: 'ada@example.org' } } };
  expect(Chat.safeParse(leaking).success).toBe(true);
  expect(strict(Chat).safeParse(leaking).success).toBe(false);
});

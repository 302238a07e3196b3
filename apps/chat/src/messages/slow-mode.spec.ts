import { ChatError } from '@roost/contract';
import type { Role } from '@roost/contract';
import { expect, it } from 'vitest';
import type { Access } from '../access/chat-access.js';
import type { MembersRepository } from '../access/members.repository.js';
import { defaultSettings } from '../access/roles.js';
import type { Clock } from '../kernel/clock.js';
import type { MessagesRepository } from './messages.repository.js';
import { SlowMode } from './slow-mode.js';

const nowMs = 1_000_000;
const ago = (ms: number) => new Date(nowMs - ms);

const access = (role: Role, slowModeSeconds = 30): Access => {
  const settings = { ...defaultSettings, slowModeSeconds };
  return { chatId: 'c', type: 'group', role, settings };
};

/** Somebody whose last message, the seventh of the chat, and last edit are so long ago. */
function scene({ sinceMs, editedMs }: { sinceMs?: number; editedMs?: number }) {
  let reads = 0;
  const last = sinceMs === undefined ? null : { seq: 7, createdAt: ago(sinceMs) };
  const member = editedMs === undefined ? {} : { editedAt: ago(editedMs), editRev: 3 };
  const read = <Value>(value: Value) => Promise.resolve((reads++, value));
  const slowMode = new SlowMode(
    { lastBy: () => read(last) } as unknown as MessagesRepository,
    { find: () => read(member) } as unknown as MembersRepository,
    { nowMs: () => nowMs } as Clock,
  );
  return { slowMode, reads: () => reads };
}

const leftOf = async (asked: Promise<unknown>) => {
  const error: unknown = await asked.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'chat/slow_mode', retryable: true });
  return (error as ChatError).extras.retryAfterMs;
};

it('C12 reads nothing where nobody waits, nor for owners and admins', async () => {
  const { slowMode, reads } = scene({ sinceMs: 1 });
  for (const one of [access('member', 0), access('owner'), access('admin')])
    expect([await slowMode.afterOwn('a', one), await slowMode.edit('a', one)]).toEqual([undefined, undefined]);
  expect(reads()).toBe(0);
});

it('C12 says what is left to the millisecond, and which message the next one follows', async () => {
  const first = scene({});
  expect(await first.slowMode.afterOwn('a', access('member'))).toBe(0);
  const over = scene({ sinceMs: 30_000 });
  expect(await over.slowMode.afterOwn('a', access('member'))).toBe(7);
  const soon = scene({ sinceMs: 29_999 });
  expect(await leftOf(soon.slowMode.afterOwn('a', access('member')))).toBe(1);
});

it('C12 a clock that is ahead makes nobody wait longer than the whole pause', async () => {
  const { slowMode } = scene({ sinceMs: -5_000 });
  expect(await leftOf(slowMode.afterOwn('a', access('member')))).toBe(30_000);
});

it('C12 an edit waits for the last message and for the edit before it', async () => {
  const afterMessage = scene({ sinceMs: 10_000, editedMs: 25_000 });
  expect(await leftOf(afterMessage.slowMode.edit('a', access('member')))).toBe(20_000);
  const afterEdit = scene({ sinceMs: 25_000, editedMs: 10_000 });
  expect(await leftOf(afterEdit.slowMode.edit('a', access('member')))).toBe(20_000);
  const over = scene({ sinceMs: 30_000, editedMs: 30_000 });
  expect(await over.slowMode.edit('a', access('member'))).toBe('edits a 3');
});

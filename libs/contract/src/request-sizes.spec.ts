import { expect, it } from 'vitest';
import { limits } from './base/limits.js';
import { check } from './check.js';
import { commands } from './commands.js';

const ids = (count: number) => Array.from({ length: count }, (_, index) => index.toString(16).padStart(24, 'f'));
const largest = Number.MAX_SAFE_INTEGER;
/** Of four code points before composition. */
const text = '\u03b1\u0313\u0300\u0345'.repeat(limits.textCodePoints);

const requests = {
  'message:send': {
    chatId: ids(1)[0],
    text,
    type: 'image',
    parentId: ids(1)[0],
    clientMessageId: 'x'.repeat(limits.clientMessageIdChars),
    mentions: ids(limits.mentions),
  },
  'chat:create': {
    type: 'channel',
    title: text.slice(0, limits.titleCodePoints * limits.unitsPerCodePoint),
    memberIds: ids(limits.membersPerRequest),
  },
  'member:add': { chatId: ids(1)[0], userIds: ids(limits.membersPerRequest) },
  sync: {
    chats: Object.fromEntries(ids(limits.syncChats).map((id) => [id, { seq: largest, rev: largest }])),
    includeNew: false,
  },
} as const;

/** Every character of every string and name as an escape. */
const escaped = (value: unknown) =>
  JSON.stringify(value).replaceAll(/"([^"]*)"/g, (_, inner: string) => `"${inner.replaceAll(/[^]/g, '\\u0000')}"`);

it.each(Object.entries(requests))('A3 the largest %s fits, however it is written', (name, request) => {
  check(commands[name as keyof typeof requests].request, request);
  expect(escaped(request).length).toBeLessThanOrEqual(limits.requestBytes);
});

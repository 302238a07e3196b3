import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { logMessagesIn } from './log-messages.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const written = logMessagesIn(root, ['apps/chat/src', 'libs/observability/src']);

const page = readFileSync(`${root}docs/logs.md`, 'utf8');
const listed = [...page.matchAll(/^\| `([^`]+)` \| ([a-z, ]+) \|/gm)].map(([, message = '', level = '']) => ({
  message,
  levels: level.split(', '),
}));

it('docs/logs.md lists every line that a replica writes, and no other', () => {
  expect(written.length).toBeGreaterThan(25);
  const messages = new Set(written.map(({ message }) => message));
  expect(listed.map(({ message }) => message)).toEqual([...messages].toSorted());
});

it('docs/logs.md says how important each is', () => {
  const wrong = written.filter(({ message, level }) => {
    const levels = listed.find((one) => one.message === message)?.levels ?? [];
    return level !== undefined && !levels.includes(level);
  });
  expect(wrong).toEqual([]);
});

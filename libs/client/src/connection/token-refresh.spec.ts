import { ChatError } from '@roost/contract';
import { beforeEach, expect, it } from 'vitest';
import { ManualClock, settle } from '../../test/support/manual-clock.js';
import { NoAnswer } from '../failures.js';
import { TokenRefresh } from './token-refresh.js';
import type { TokenSource } from './options.js';

const minuteMs = 60_000;
const at = (ms: number) => new Date(ms).toISOString();

let clock: ManualClock;
let sent: string[];
let answers: Error[];
let failures: Error[];
let refresh: TokenRefresh;

beforeEach(() => {
  clock = new ManualClock();
  [sent, answers, failures] = [[], [], []];
});

/** Begins with a token of ten minutes, by a server whose clock is an hour ahead of ours. */
function begin(source: TokenSource, lifeMs = 10 * minuteMs): void {
  const serverNow = () => clock.now() + 60 * minuteMs;
  const session = { userId: 'u', sessionId: 's', replica: 'chat-1', protocol: 1 };
  refresh = new TokenRefresh(
    source,
    { ...session, serverTime: at(serverNow()), expiresAt: at(serverNow() + lifeMs) },
    { clock, random: () => 0.5 },
    {
      send: async (token) => {
        sent.push(token);
        const answer = answers.shift();
        if (answer) throw answer;
        return { expiresAt: at(serverNow() + lifeMs) };
      },
      failed: (error) => failures.push(error),
    },
  );
}

it('H5 asks for a fresh token in time before the end, again and again', async () => {
  let asked = 0;
  begin(({ fresh }) => `token-${++asked}-${fresh ? 'fresh' : 'any'}`);
  await clock.advance(10 * minuteMs - 90_001);
  expect(sent).toEqual([]);
  await clock.advance(1);
  expect(sent).toEqual(['token-1-fresh']);
  await clock.advance(10 * minuteMs);
  expect(sent).toHaveLength(2);
});

it('H5 asks at once when the server says that the end is near, and once at a time', async () => {
  begin(() => 'token');
  refresh.expiring();
  refresh.expiring();
  await settle();
  expect(sent).toEqual(['token']);
});

it('refreshes a token that lives for seconds half-way', async () => {
  begin(() => 'token', 10_000);
  await clock.advance(4_999);
  expect(sent).toEqual([]);
  await clock.advance(1);
  expect(sent).toEqual(['token']);
});

it('tries again where nobody answers', async () => {
  let asked = 0;
  begin(() => {
    if (++asked === 1) throw new NoAnswer('POST /auth/refresh', 'disconnected');
    return `token-${asked}`;
  });
  answers.push(new NoAnswer('auth:refresh', 'timeout'));
  refresh.expiring();
  await clock.advance(10_000);
  expect(sent).toEqual(['token-2', 'token-3']);
  expect(failures).toEqual([]);
});

it('tries again where the source never gives anything', async () => {
  let asked = 0;
  begin(() => (++asked === 1 ? new Promise<string>(() => {}) : `token-${asked}`));
  await clock.advance(10 * minuteMs);
  expect(sent).toEqual(['token-2']);
});

it('says so when the source of tokens has ended', async () => {
  const ended = new ChatError('auth/session_revoked');
  begin(() => Promise.reject(ended));
  refresh.expiring();
  await clock.advance(10 * minuteMs);
  expect([failures, sent]).toEqual([[ended], []]);
});

it('leaves a token that is refused for good to the server, which ends the socket in its time', async () => {
  begin(() => 'token');
  answers.push(new ChatError('auth/token_invalid'));
  refresh.expiring();
  await clock.advance(10 * minuteMs);
  expect([sent, failures]).toEqual([['token'], []]);
});

it('presents no token that came when its connection had ended, and asks no more', async () => {
  const asked: ((token: string) => void)[] = [];
  begin(() => new Promise((resolve) => asked.push(resolve)));
  refresh.expiring();
  await settle();
  refresh.stop();
  for (const give of asked) give('token');
  await clock.advance(60 * minuteMs);
  expect([sent, failures, asked.length]).toEqual([[], [], 1]);
});

it('does nothing for a token that has no source, or after stop', async () => {
  begin('token');
  refresh.expiring();
  await clock.advance(10 * minuteMs);
  begin(() => 'token');
  refresh.stop();
  refresh.expiring();
  await clock.advance(10 * minuteMs);
  expect(sent).toEqual([]);
});

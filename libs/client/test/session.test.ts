import type { RequestListener } from 'node:http';
import { Session } from '@roost/client';
import type { Tokens } from '@roost/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManualClock } from './support/manual-clock.js';
import { ada } from './support/model-chat.js';
import { startServer } from './server.js';
import type { TestServer } from './server.js';

const me = { ...ada, email: 'ada@example.com', createdAt: '2026-01-01T00:00:00.000Z' };
const minuteMs = 60_000;
const expired = { success: false, code: 'auth/token_expired', error: 'Expired', retryable: false };

let clock: ManualClock;
let server: TestServer;
let session: Session;
/** Every call: its path, and the token that it was made with or the refresh token that it was for. */
let calls: string[];
/** What the next calls get instead of success. */
let refusals: { path: string; refusal: object }[];
let renewals: number;

beforeEach(async () => {
  clock = new ManualClock();
  [calls, refusals, renewals] = [[], [], 0];
  server = await startServer(answer);
  session = new Session(server.url, pair(0), clock);
});

afterEach(() => server.close());

const pair = (number: number): Tokens => ({
  accessToken: `access-${number}`,
  refreshToken: `refresh-${number}`,
  expiresAt: new Date(clock.now() + 10 * minuteMs).toISOString(),
  user: me,
});

const answer: RequestListener = (request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += String(chunk)));
  request.on('end', () => {
    const body = (text ? JSON.parse(text) : {}) as { refreshToken?: string };
    const [path = '', authorization = ''] = [request.url, request.headers.authorization];
    calls.push(`${path} ${body.refreshToken ?? authorization.replace('Bearer ', '')}`);
    const refused = refusals.findIndex((one) => one.path === path);
    const refusal = refused >= 0 ? refusals.splice(refused, 1)[0]?.refusal : undefined;
    response.writeHead(refusal ? 401 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(refusal ?? (path === '/auth/refresh' ? pair(++renewals) : me)));
  });
};

it('gives its token as long as that is good, and a new one before it ends', async () => {
  expect(await session.token()).toBe('access-0');
  await clock.advance(10 * minuteMs - 29_000);
  expect(await session.token()).toBe('access-1');
  expect(calls).toEqual(['/auth/refresh refresh-0']);
});

it('renews once for all who ask at once, with the newest refresh token', async () => {
  const kept: string[] = [];
  session.onRenewed(({ refreshToken }) => kept.push(refreshToken));
  const fresh = () => session.token({ fresh: true });
  expect(await Promise.all([fresh(), fresh(), session.renew()])).toEqual(['access-1', 'access-1', 'access-1']);
  expect(await fresh()).toBe('access-2');
  expect(calls).toEqual(['/auth/refresh refresh-0', '/auth/refresh refresh-1']);
  expect(kept).toEqual(['refresh-1', 'refresh-2']);
  expect(JSON.parse(JSON.stringify(session))).toMatchObject({ accessToken: 'access-2', user: me });
});

it('calls again with a new token where the server says that it has ended', async () => {
  refusals.push({ path: '/users/me', refusal: expired });
  expect(await session.api.call('users.me')).toEqual(me);
  expect(calls).toEqual(['/users/me access-0', '/auth/refresh refresh-0', '/users/me access-1']);
  refusals.push({ path: '/users/me', refusal: expired }, { path: '/users/me', refusal: expired });
  await expect(session.api.call('users.me')).rejects.toMatchObject({ code: 'auth/token_expired' });
});

it('leaves it to the server when a token ends, where the clock here is wrong', async () => {
  const wrong = new Session(server.url, pair(0), new ManualClock(clock.now() + 24 * 60 * minuteMs));
  expect(await wrong.token()).toBe('access-0');
});

it('has ended when renewing is refused, or after signing out', async () => {
  refusals.push({ path: '/auth/refresh', refusal: { ...expired, code: 'auth/session_revoked' } });
  await expect(session.token({ fresh: true })).rejects.toMatchObject({ code: 'auth/session_revoked' });
  await session.signOut();
  await expect(session.token()).rejects.toMatchObject({ code: 'auth/session_revoked' });
  expect(calls.at(-1)).toBe('/auth/logout access-0');
});

it('goes on with newer tokens that somebody else got, and with no others', async () => {
  const renewed: string[] = [];
  session.onRenewed(({ accessToken }) => renewed.push(accessToken));
  const older = pair(7);
  await clock.advance(minuteMs);
  const newer = pair(8);
  session.adopt(newer);
  session.adopt(older);
  session.adopt({ ...pair(9), user: { ...me, id: 'b'.repeat(24) }, expiresAt: '2999-01-01T00:00:00.000Z' });
  expect([session.accessToken, renewed]).toEqual(['access-8', ['access-8']]);
});

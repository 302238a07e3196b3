import { expect, it } from 'vitest';
import type { ClusterEvents } from '../../cluster/cluster-events.js';
import type { UsersRepository } from '../users/users.repository.js';
import type { AccountEvents } from './account-events.js';
import { AccountsService } from './accounts.service.js';
import type { Passwords } from './passwords.js';
import { SessionRevoker } from './session-revoker.js';
import type { SessionsRepository } from './sessions.repository.js';
import type { SignInLimits } from './sign-in-limits.js';

const caller = { userId: 'ada', sessionId: 'laptop', expiresAtMs: 0 };

/** An account service on stores that note what was done to them, in order. */
function accountWith({ passwordHash = 'hash of old', changed = true } = {}) {
  const done: unknown[] = [];
  const users = {
    byId: () => Promise.resolve({ email: 'ada@example.org', passwordHash }),
    setPassword: (_id: string, change: unknown) => Promise.resolve(done.push(['password', change]) && changed),
  } as unknown as UsersRepository;
  const sessions = {
    revokeOthers: (_userId: string, keptId: string) => Promise.resolve(done.push(['revoked but', keptId]) && ['phone']),
  } as unknown as SessionsRepository;
  const passwords = {
    matches: (hash: string, password: string) => Promise.resolve(hash === `hash of ${password}`),
    hash: (password: string) => Promise.resolve(`hash of ${password}`),
  } as unknown as Passwords;
  const limits = { login: (_signIn: unknown, attempt: () => unknown) => attempt() } as unknown as SignInLimits;
  const events = { emit: (name: string, event: unknown) => done.push([name, event]) } as unknown as ClusterEvents;
  const told = { passwordChanged: () => {}, sessionsEnded: () => {} } as unknown as AccountEvents;
  const revoker = new SessionRevoker(sessions, events, told);
  return { done, accounts: new AccountsService(users, passwords, limits, revoker, told) };
}

const change = { currentPassword: 'old', newPassword: 'new' };

it('H6 a changed password ends the other sessions', async () => {
  const { accounts, done } = accountWith();
  await accounts.changePassword(caller, change, '192.0.2.1');
  expect(done).toEqual([
    ['password', { from: 'hash of old', to: 'hash of new' }],
    ['revoked but', 'laptop'],
    ['session:ended', { userId: 'ada', sessionIds: ['phone'], code: 'auth/session_revoked' }],
  ]);
});

it.each([
  ['the wrong current password', { passwordHash: 'hash of another' }, 0],
  ['a password that was changed meanwhile', { changed: false }, 1],
])('%s ends nothing', async (_title, account, steps) => {
  const { accounts, done } = accountWith(account);
  await expect(accounts.changePassword(caller, change, '192.0.2.1')).rejects.toMatchObject({
    code: 'auth/password_wrong',
  });
  expect(done).toHaveLength(steps);
});

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ChatError, type Session, register, signIn } from '@roost/client';
import { Refused } from './refused.js';

/** Somebody to sign in as. */
export interface Account {
  displayName: string;
  email: string;
  password: string;
}

/**
 * Signs everybody of a file in; the first time makes the file and registers them.
 *
 * @param file where their passwords are kept. They are random: an address that turns out to be a production database
 *   must not get accounts that everybody knows.
 * @param first who they are to be
 */
export async function enterAll(url: string, file: string, first: () => Account[]): Promise<[Account, Session][]> {
  const accounts = existsSync(file) ? readAccounts(file) : first();
  const entered: [Account, Session][] = [];
  for (const account of accounts) entered.push([account, await enter(url, account)]);
  writeFileSync(file, JSON.stringify({ accounts }, null, 2), { mode: 0o600 });
  return entered;
}

/** An account that nobody has yet. @param mailbox the e-mail address up to its `@` */
export function newAccount(displayName: string, mailbox: string): Account {
  return { displayName, email: `${mailbox}@example.com`, password: `${mailbox}-${randomBytes(5).toString('hex')}` };
}

export async function createGroup([owner, ...others]: Session[], title: string): Promise<string> {
  if (!owner) throw new Error('a group needs an owner');
  const memberIds = others.map(({ user }) => user.id);
  const { id } = await owner.api.call('chats.create', { body: { type: 'group', title, memberIds } });
  return id;
}

/** Signs in; registers where there is no such account in this store. */
async function enter(url: string, account: Account): Promise<Session> {
  try {
    return await signIn(url, account);
  } catch (error) {
    if (!(error instanceof ChatError) || error.code !== 'auth/credentials_invalid') throw error;
  }
  try {
    return await register(url, account);
  } catch (error) {
    if (!(error instanceof ChatError) || error.code !== 'auth/email_taken') throw error;
    throw new Refused(
      `${account.email} exists in this store with another password: give MONGODB_URI a database of its own for trying`,
    );
  }
}

function readAccounts(file: string): Account[] {
  const { accounts }: { accounts: Account[] } = JSON.parse(readFileSync(file, 'utf8'));
  return accounts;
}

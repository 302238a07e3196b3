import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ChatError, type Session, register, signIn } from '@roost/client';
import type { Chat } from '@roost/contract';
import { Refused } from './refused.js';

/** Somebody to sign in as. */
export interface DemoAccount {
  displayName: string;
  email: string;
  password: string;
}

export interface Demo {
  accounts: DemoAccount[];
  /** In the order of `accounts`. */
  sessions: Session[];
}

const people = ['Ada', 'Grace', 'Linus'];

/**
 * Signs the demo people in; on the first start creates them and a chat with all three in it.
 *
 * @param file where their passwords are kept. They are random: an address that turns out to be a production database
 *   must not get accounts that everybody knows.
 */
export async function prepareDemo(url: string, file: string): Promise<Demo> {
  const accounts = existsSync(file) ? readAccounts(file) : people.map(newAccount);
  const sessions = [];
  for (const account of accounts) sessions.push(await enter(url, account));
  writeFileSync(file, JSON.stringify({ accounts }, null, 2), { mode: 0o600 });
  const isNew = sessions.length === people.length && !(await findGroup(sessions[0], 'Roost'));
  if (isNew) await createFirstChat(sessions);
  return { accounts, sessions };
}

/** A group of the session's person with this title, among the twenty newest; undefined where there is none. */
export async function findGroup(session: Session | undefined, title: string): Promise<Chat | undefined> {
  const page = await session?.api.call('chats.list', { query: { limit: 20 } });
  return page?.items.find((chat) => chat.type === 'group' && chat.title === title);
}

export async function createGroup([owner, ...others]: Session[], title: string): Promise<Chat> {
  if (!owner) throw new Error('a group needs an owner');
  const memberIds = others.map(({ user }) => user.id);
  return owner.api.call('chats.create', { body: { type: 'group', title, memberIds } });
}

async function createFirstChat(sessions: Session[]): Promise<void> {
  const chat = await createGroup(sessions, 'Roost');
  const text = 'Hello! Open this page in a second window, sign in as somebody else, and write.';
  await sessions[0]?.api.call('messages.send', { body: { chatId: chat.id, text } });
}

/** Signs in; registers where there is no such account in this store. */
async function enter(url: string, account: DemoAccount): Promise<Session> {
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

function newAccount(displayName: string): DemoAccount {
  const name = displayName.toLowerCase();
  return { displayName, email: `${name}@example.com`, password: `${name}-${randomBytes(5).toString('hex')}` };
}

function readAccounts(file: string): DemoAccount[] {
  const { accounts }: { accounts: DemoAccount[] } = JSON.parse(readFileSync(file, 'utf8'));
  return accounts;
}

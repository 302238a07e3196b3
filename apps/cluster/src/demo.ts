import type { Session } from '@roost/client';
import { type Account, createGroup, enterAll, newAccount } from './accounts.js';

const people = ['Ada', 'Grace', 'Linus'];
const title = 'Roost';

/** Signs the demo people in; on the first start creates them and a chat with all three in it. */
export async function prepareDemo(url: string, file: string): Promise<Account[]> {
  const entered = await enterAll(url, file, () => people.map((name) => newAccount(name, name.toLowerCase())));
  const sessions = entered.map(([, session]) => session);
  if (sessions.length === people.length && !(await hasFirstChat(sessions[0]))) await createFirstChat(sessions);
  return entered.map(([account]) => account);
}

/** Whether it is among the twenty newest chats of the session's person. */
async function hasFirstChat(session: Session | undefined): Promise<boolean> {
  const page = await session?.api.call('chats.list', { query: { limit: 20 } });
  return page?.items.some((chat) => chat.type === 'group' && chat.title === title) ?? false;
}

async function createFirstChat(sessions: Session[]): Promise<void> {
  const chatId = await createGroup(sessions, title);
  const text = 'Hello! Open this page in a second window, sign in as somebody else, and write.';
  await sessions[0]?.api.call('messages.send', { body: { chatId, text } });
}

import { register, RoostApi } from '@roost/client';
import type { Session } from '@roost/client';
import pLimit from 'p-limit';
import { readHeads } from './database.js';
import type { GroupSpec } from './generator/messages.js';
import type { Side } from './stage.js';

/** People with accounts and the chats they are in, made through our replicas. */
export interface Audience {
  readonly people: readonly { readonly id: string; readonly token: string; readonly chatIds: readonly string[] }[];
  /** Members by their index in `people`. */
  readonly chats: readonly { readonly id: string; readonly members: readonly number[] }[];
}

/** Requests under way at a time while accounts and chats are made, and sockets that connect at a time. */
const concurrency = 24;
let audiences = 0;

/** @param chats the members of each chat, by index below `peopleCount` */
export async function makeAudience(
  { replicas }: Side,
  peopleCount: number,
  chats: readonly number[][],
): Promise<Audience> {
  const audience = ++audiences;
  const limit = pLimit(concurrency);
  const sessions = await limit.map(Array(peopleCount).keys(), (index) =>
    register(replicas[index % replicas.length]!.url, {
      email: `ada.${audience}.${index}@example.com`,
      password: 'not a secret',
      displayName: 'Ada Lovelace',
    }),
  );
  const made = await limit.map(chats, async (members) => ({
    id: await createChat(members.map((member) => sessions[member]!)),
    members,
  }));
  const chatIds = sessions.map((): string[] => []);
  for (const { id, members } of made) for (const member of members) chatIds[member]!.push(id);
  const people = sessions.map(({ user, accessToken }, index) => ({
    id: user.id,
    token: accessToken,
    chatIds: chatIds[index]!,
  }));
  return { people, chats: made };
}

/** Chats of the same size that nobody is in two of: chat 0 has the first people, and so on. */
export function separateChats(count: number, size: number): number[][] {
  return Array.from({ length: count }, (_, chat) => range(size).map((member) => chat * size + member));
}

/** As many chats as people, everybody in `size` of them, each with that many members. */
export function overlappingChats(peopleCount: number, size: number): number[][] {
  return range(peopleCount).map((first) => range(size).map((member) => (first + member) % peopleCount));
}

/** Chats that all of these people are in. */
export function commonChats(count: number, peopleCount: number): number[][] {
  return range(count).map(() => range(peopleCount));
}

/** One socket for each person, spread over the replicas so that the members of a chat are on all of them. */
export async function socketsOf({ people, chats }: Audience, side: Side): Promise<GroupSpec> {
  const isOurs = side.name === 'ours';
  const ids = chats.map(({ id }) => id);
  const heads = isOurs ? await readHeads(side.databaseUri, ids) : ids.map(() => 0);
  return {
    numbered: isOurs,
    concurrency,
    chats: chats.map(({ id, members }, index) => ({ id, members, lastSeq: heads[index]! })),
    sockets: people.map(({ id, token, chatIds }, index) => ({
      port: side.replicas[index % side.replicas.length]!.port,
      auth: isOurs ? { token } : { userId: id, chatIds },
    })),
  };
}

/** The first of each of these chats, given by index, says something, so many times, through whichever replica. */
export async function sayIn({ people, chats }: Audience, which: Iterable<number>, times: number, { replicas }: Side) {
  await pLimit(concurrency).map(which, async (chat) => {
    const { id: chatId, members } = chats[chat]!;
    const { url } = replicas[chat % replicas.length]!;
    const api = new RoostApi({ url, token: people[members[0]!]!.token });
    for (let sent = 0; sent < times; sent++)
      await api.call('messages.send', { body: { chatId, text: 'Still there?' } });
  });
}

async function createChat([owner, ...others]: Session[]): Promise<string> {
  const memberIds = others.map(({ user }) => user.id);
  const { id } = await owner!.api.call('chats.create', { body: { type: 'group', title: 'Bench', memberIds } });
  return id;
}

const range = (count: number) => [...Array(count).keys()];

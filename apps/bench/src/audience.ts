import { register, RoostApi } from '@roost/client';
import type { Session } from '@roost/client';
import type { GroupSpec } from './generator/messages.js';
import type { Side } from './stage.js';

/** People with accounts and the chats they are in, made through our replicas. */
export interface Audience {
  readonly people: readonly { readonly id: string; readonly token: string; readonly chatIds: readonly string[] }[];
  /** Members by their index in `people`. */
  readonly chats: readonly { readonly id: string; readonly members: readonly number[] }[];
}

/** Requests under way at a time while accounts and chats are made. */
const concurrency = 24;
let audiences = 0;

/** @param chats the members of each chat, by index below `peopleCount` */
export async function makeAudience(
  { replicas }: Side,
  peopleCount: number,
  chats: readonly number[][],
): Promise<Audience> {
  const audience = ++audiences;
  const sessions = await each(Array.from({ length: peopleCount }).keys(), (index) =>
    register(replicas[index % replicas.length]!.url, {
      email: `ada.${audience}.${index}@example.com`,
      password: 'not a secret',
      displayName: 'Ada Lovelace',
    }),
  );
  const made = await each(chats.keys(), async (index) => {
    const members = chats[index]!;
    return { id: await createChat(members.map((member) => sessions[member]!)), members };
  });
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
  return Array.from({ length: count }, (_, chat) => Array.from({ length: size }, (__, member) => chat * size + member));
}

/** As many chats as people, everybody in `size` of them. */
export function overlappingChats(peopleCount: number, size: number): number[][] {
  return Array.from({ length: peopleCount }, (_, first) =>
    Array.from({ length: size }, (__, member) => (first + member) % peopleCount),
  );
}

/** One socket for each person, spread over the replicas so that the members of a chat are on all of them. */
export async function socketsOf(audience: Audience, side: Side): Promise<GroupSpec> {
  const { url } = side.replicas[0]!;
  const chatOf = new Map(audience.chats.flatMap(({ members }, chat) => members.map((member) => [member, chat])));
  return {
    numbered: side.name === 'ours',
    concurrency,
    chats: await each(audience.chats.keys(), async (index) => {
      const { id, members } = audience.chats[index]!;
      if (side.name === 'bare') return { id, lastSeq: 0 };
      const { token } = audience.people[members[0]!]!;
      const { lastSeq } = await new RoostApi({ url, token }).call('chats.get', { params: { chatId: id } });
      return { id, lastSeq };
    }),
    sockets: audience.people.map(({ id, token, chatIds }, index) => ({
      port: side.replicas[index % side.replicas.length]!.port,
      auth: side.name === 'ours' ? { token } : { userId: id, chatIds },
      chat: chatOf.get(index) ?? 0,
    })),
  };
}

async function createChat([owner, ...others]: Session[]): Promise<string> {
  const memberIds = others.map(({ user }) => user.id);
  const { id } = await owner!.api.call('chats.create', { body: { type: 'group', title: 'Bench', memberIds } });
  return id;
}

/** In order of the items, `concurrency` at a time. */
async function each<T>(items: Iterable<number>, make: (item: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  const rest = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) results[next.value] = await make(next.value);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

import type { Cluster } from '@roost/testing';
import { mongo } from 'mongoose';
import { oid } from './chat-story.js';

export interface ManyChats {
  /** Members of each beside the one whose chats they are. */
  readonly others?: number;
  readonly messages?: number;
  /** Edits of the last message of each. */
  readonly edits?: number;
  /** The text of message `seq`, and of those that are edited. */
  readonly text?: string;
  /** How many of the last messages are tombstones. */
  readonly buried?: number;
}

/**
 * Chats of a person, written past the replicas: what making them one by one would take minutes for. All of them are said by
 * others, the person owns them. Gives their ids, newest activity first.
 */
export async function manyChats(cluster: Cluster, userId: string, count: number, options: ManyChats = {}) {
  const { others = 2, messages = 5, edits = 0, text = 'hello', buried = 0 } = options;
  const people = Array.from({ length: others }, () => new mongo.ObjectId());
  const nowMs = Date.now();
  const chats = Array.from({ length: count }, (_, index) => ({
    _id: new mongo.ObjectId(),
    at: new Date(nowMs - index),
  }));
  const membership = { active: true, readSeq: 0, deliveredSeq: 0, rev: 0 };
  const database = await cluster.mongo.database();
  const insert = async (name: string, documents: mongo.Document[]) => {
    if (documents.length > 0) await database.collection(name).insertMany(documents);
  };
  await insert(
    'users',
    people.map((_id) => ({ _id, email: `${_id.toHexString()}@example.org`, displayName: 'Somebody', nameWords: [] })),
  );
  const ids = new Map<string, mongo.ObjectId>();
  type Made = (typeof chats)[number];
  const documentsOf: Record<'chats' | 'members' | 'messages' | 'changes', (chat: Made) => mongo.Document[]> = {
    chats: ({ _id, at }) => [
      {
        _id,
        type: 'group',
        title: 'One of many',
        createdBy: oid(userId),
        createdAt: at,
        lastActivityAt: at,
        memberCount: others + 1,
      },
    ],
    members: ({ _id: chatId, at }) =>
      [oid(userId), ...people].map((one, index) => ({
        ...membership,
        role: index === 0 ? 'owner' : 'member',
        _id: new mongo.ObjectId(),
        chatId,
        userId: one,
        joinedAt: at,
      })),
    messages: ({ _id: chatId, at }) =>
      Array.from({ length: messages }, (_, index) => {
        const _id = new mongo.ObjectId();
        ids.set(chatId.toHexString(), _id);
        const isBuried = index >= messages - buried;
        const rest = isBuried ? { deletedAt: at, uncounted: true } : { text };
        return { _id, chatId, seq: index + 1, senderId: people[0], type: 'text', createdAt: at, ...rest };
      }),
    changes: ({ _id: chatId, at }) =>
      Array.from({ length: edits }, (_, index) => {
        const body = { messageId: ids.get(chatId.toHexString())!.toHexString(), text, before: text };
        return { _id: new mongo.ObjectId(), chatId, rev: index + 1, kind: 'message:edited', at, by: people[0], body };
      }),
  };
  // The chats last: they are there, whole, at the instant their own documents are.
  for (const name of ['members', 'messages', 'changes', 'chats'] as const)
    await insert(name, chats.flatMap(documentsOf[name]));
  return chats.map(({ _id }) => _id.toHexString());
}

import { mongo } from 'mongoose';
import pLimit from 'p-limit';
import type { StoredChats } from './faults/evidence.js';
import type { StoredMessage } from './stored-check.js';

/*
 * The database read past the replicas, with the driver alone: what clients were told is held to what is there.
 */

const callsAtOnce = 8;

/** Chats with their messages and members. */
export function readChats(uri: string, chatIds: readonly string[]): Promise<StoredChats> {
  return withDatabase(uri, async (database) => {
    const chatId = { $in: chatIds.map((id) => new mongo.ObjectId(id)) };
    const messages = await database.collection('messages').find({ chatId }).toArray();
    const members = await database.collection('members').find({ chatId, active: true }).toArray();
    const byChat = new Map(chatIds.map((id) => [id, new Set<string>()]));
    for (const member of members) byChat.get(String(member.chatId))?.add(String(member.userId));
    const stored = messages.map((message) => ({
      ...placed(message),
      id: String(message._id),
      createdAtMs: (message.createdAt as Date).getTime(),
    }));
    return { members: byChat, messages: stored };
  });
}

/** The last place taken in each of these chats, in their order. */
export function readHeads(uri: string, chatIds: readonly string[]): Promise<number[]> {
  return withDatabase(uri, (database) =>
    pLimit(callsAtOnce).map(chatIds, async (id) => {
      const chatId = new mongo.ObjectId(id);
      const [last] = await database.collection('messages').find({ chatId }).sort({ seq: -1 }).limit(1).toArray();
      return Number(last?.seq ?? 0);
    }),
  );
}

/** Stores messages as a replica does that dies before it tells anybody. */
export function storeMessages(
  uri: string,
  messages: readonly Pick<StoredMessage, 'chatId' | 'seq' | 'senderId'>[],
): Promise<void> {
  return withDatabase(uri, async (database) => {
    const documents = messages.map(({ chatId, seq, senderId }) => ({
      chatId: new mongo.ObjectId(chatId),
      seq,
      senderId: new mongo.ObjectId(senderId),
      type: 'text',
      text: 'nobody was told',
      createdAt: new Date(),
    }));
    await database.collection('messages').insertMany(documents);
  });
}

/** Every message of these databases, one after another. */
export async function* storedMessages(uris: readonly string[]): AsyncGenerator<StoredMessage> {
  const projection = { chatId: 1, seq: 1, senderId: 1, clientMessageId: 1 };
  for (const uri of uris) {
    const client = await mongo.MongoClient.connect(uri);
    try {
      for await (const message of client.db().collection('messages').find({}, { projection })) yield placed(message);
    } finally {
      await client.close();
    }
  }
}

export async function withDatabase<T>(uri: string, work: (database: mongo.Db) => Promise<T>): Promise<T> {
  const client = await mongo.MongoClient.connect(uri);
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}

const placed = ({ chatId, seq, senderId, clientMessageId }: mongo.WithId<mongo.Document>) => ({
  chatId: String(chatId),
  seq: Number(seq),
  senderId: String(senderId),
  clientMessageId: clientMessageId as string | undefined,
});

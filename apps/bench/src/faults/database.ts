import { mongo } from 'mongoose';
import type { StoredChats } from './evidence.js';

/** Reads chats as they are stored, with the driver alone: what the checker holds clients to must not come from a replica. */
export async function readChats(uri: string, chatIds: readonly string[]): Promise<StoredChats> {
  const client = await mongo.MongoClient.connect(uri);
  try {
    const chatId = { $in: chatIds.map((id) => new mongo.ObjectId(id)) };
    const messages = await client.db().collection('messages').find({ chatId }).toArray();
    const members = await client.db().collection('members').find({ chatId, active: true }).toArray();
    const byChat = new Map(chatIds.map((id) => [id, new Set<string>()]));
    for (const member of members) byChat.get(String(member.chatId))?.add(String(member.userId));
    return {
      members: byChat,
      messages: messages.map((message) => ({
        chatId: String(message.chatId),
        id: String(message._id),
        seq: Number(message.seq),
        senderId: String(message.senderId),
        clientMessageId: message.clientMessageId as string | undefined,
        createdAtMs: (message.createdAt as Date).getTime(),
      })),
    };
  } finally {
    await client.close();
  }
}

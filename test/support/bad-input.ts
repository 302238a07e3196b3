import type { Cluster } from '@roost/testing';

/** Stands for the id of a chat that the caller is a member of. */
export const chatId = '<chat>';

/** The same with the chat's id where `<chat>` stands. */
export function filledIn(args: unknown[], id: string): unknown[] {
  return args.map((arg) =>
    Buffer.isBuffer(arg) || arg === undefined ? arg : JSON.parse(JSON.stringify(arg).replaceAll(chatId, id)),
  );
}

/** How many messages, chats and changes there are, markers left out. */
export async function storedDocuments(cluster: Cluster): Promise<number[]> {
  const database = await cluster.mongo.database();
  return Promise.all([
    database.collection('messages').countDocuments({ text: { $ne: 'marker' } }),
    database.collection('chats').countDocuments({ title: { $ne: 'markers' } }),
    database.collection('changes').countDocuments({}),
  ]);
}

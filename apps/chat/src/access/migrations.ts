import type { mongo } from 'mongoose';
import type { DataStep } from '../store/migrations/needs.js';

/** Chats read at once. */
const chatsAtOnce = 200;

/** Older versions left the memberships of a chat when it was deleted. */
export const endMembershipsOfDeletedChats: DataStep = {
  id: '2026-11 memberships of deleted chats end',
  async run(db, signal) {
    const chats = db.collection('chats');
    for (let after: mongo.ObjectId | undefined; ;) {
      signal.throwIfAborted();
      const page = await chats
        .find({ ...(after && { _id: { $gt: after } }) }, { projection: { isDeleted: 1 } })
        .sort({ _id: 1 })
        .limit(chatsAtOnce)
        .toArray();
      const deleted = page.filter(({ isDeleted }) => isDeleted === true).map(({ _id }) => _id);
      for (const chatId of deleted) {
        await db.collection('members').updateMany({ chatId, active: true }, { $set: { active: false } });
      }
      if (page.length < chatsAtOnce) return;
      after = page.at(-1)?._id;
    }
  },
};

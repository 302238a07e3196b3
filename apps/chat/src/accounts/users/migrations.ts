import type { mongo } from 'mongoose';
import type { DataStep } from '../../store/migrations/needs.js';
import { nameWordsOf } from './name-words.js';

/** People read at once. */
const peopleAtOnce = 500;

/** Older versions found nobody by the emoji of a name, nor who has nothing else in it. */
export const findPeopleByEmoji: DataStep = {
  id: '2026-11 people are found by emoji',
  async run(db, signal) {
    const users = db.collection<{ _id: mongo.ObjectId; displayName: string; nameWords: string[] }>('users');
    for (let after: mongo.ObjectId | undefined; ;) {
      signal.throwIfAborted();
      const page = await users
        .find({ ...(after && { _id: { $gt: after } }) }, { projection: { displayName: 1, nameWords: 1 } })
        .sort({ _id: 1 })
        .limit(peopleAtOnce)
        .toArray();
      for (const { _id, displayName, nameWords } of page) {
        const words = nameWordsOf(displayName);
        if (words.join(' ') !== nameWords.join(' ')) await users.updateOne({ _id }, { $set: { nameWords: words } });
      }
      if (page.length < peopleAtOnce) return;
      after = page.at(-1)?._id;
    }
  },
};

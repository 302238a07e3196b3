import { mongo } from 'mongoose';

/**
 * More than a client may be behind (SYNC_BEHIND_MAX, 100,000 at most) and than a chat changes between two backups together, so that nobody
 * who knew the chat before is near enough to be told entry by entry.
 */
const leap = 1_000_000;
/** Of a kind that no replica knows: it has been, and does nothing. */
const kind = 'store:restored';
/** Chats read at once. */
const chatsAtOnce = 500;

/**
 * After a store was put back from a backup: makes every client begin every chat anew.
 *
 * What was written after the backup is gone, and its numbers are given again, to something else. A client that has seen the former
 * would, once a chat has grown past its place, take itself to be complete. So the log of changes of each chat leaps: whoever is at an
 * earlier `rev` is too far behind, and gets a snapshot. No replica may run meanwhile. Harmless to repeat.
 *
 * @returns the number of chats
 */
export async function leapAfterRestore(db: mongo.Db, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (let after: mongo.ObjectId | undefined; ;) {
    signal.throwIfAborted();
    const page = await db
      .collection('chats')
      .find({ ...(after && { _id: { $gt: after } }) }, { projection: { _id: 1 } })
      .sort({ _id: 1 })
      .limit(chatsAtOnce)
      .toArray();
    if (page.length === 0) return count;
    await leapIn(
      db,
      page.map(({ _id }) => _id),
    );
    count += page.length;
    after = page.at(-1)?._id;
  }
}

async function leapIn(db: mongo.Db, chatIds: readonly mongo.ObjectId[]): Promise<void> {
  const changes = db.collection('changes');
  const heads = await changes
    .aggregate<{ _id: mongo.ObjectId; rev: number }>([
      { $match: { chatId: { $in: chatIds } } },
      { $group: { _id: '$chatId', rev: { $max: '$rev' } } },
    ])
    .toArray();
  const revs = new Map(heads.map(({ _id, rev }) => [_id.toHexString(), rev]));
  const by = new mongo.ObjectId('0'.repeat(24)); // nobody
  const at = new Date();
  await changes.insertMany(
    chatIds.map((chatId) => ({ chatId, rev: (revs.get(chatId.toHexString()) ?? 0) + leap, kind, at, by, body: {} })),
  );
}

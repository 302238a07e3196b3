import type { Model, Types } from 'mongoose';
import { firstIdOf } from '../store/ids.js';

/** Entries that the store looks at in one go: others wait for it meanwhile. */
const pageMax = 1_000;

interface Head {
  readonly _id: Types.ObjectId;
  readonly head: number;
  readonly lastId: Types.ObjectId;
  readonly count: number;
}

/** The heads of the logs that got an entry since a moment, by chat or person, found by the ids of entries: these begin with the time they were made. */
export async function movedHeads<Entry>(
  entries: Model<Entry>,
  place: 'seq' | 'rev',
  moment: Date,
  owner: 'chatId' | 'userId' = 'chatId',
): Promise<Map<string, number>> {
  const heads = new Map<string, number>();
  let after = firstIdOf(moment);
  for (let isMore = true; isMore;) {
    const page = await entries
      .aggregate<Head>([
        { $match: { _id: { $gt: after } } },
        { $sort: { _id: 1 } },
        { $limit: pageMax },
        { $group: { _id: `$${owner}`, head: { $max: `$${place}` }, lastId: { $max: '$_id' }, count: { $sum: 1 } } },
      ])
      .exec();
    let looked = 0;
    for (const { _id, head, lastId, count } of page) {
      const id = _id.toHexString();
      heads.set(id, Math.max(head, heads.get(id) ?? 0));
      if (lastId.toHexString() > after.toHexString()) after = lastId;
      looked += count;
    }
    isMore = looked === pageMax;
  }
  return heads;
}

import type { mongo } from 'mongoose';
import type { DatabaseNeeds, IndexNeed } from './needs.js';

/** One need that was met. Kept for ever, so that nothing is done twice and replicas can ask. */
interface Met {
  readonly _id: string;
  readonly at: Date;
  readonly tookMs: number;
}

const collectionOf = (db: mongo.Db) => db.collection<Met>('migrations');

/** Of what a version needs, what the database does not have yet. One read. */
export async function missingOf(db: mongo.Db, { indexes, steps }: DatabaseNeeds): Promise<DatabaseNeeds> {
  const ids = [...indexes, ...steps].map(({ id }) => id);
  const met = await collectionOf(db)
    .find({ _id: { $in: ids } }, { projection: { _id: 1 } })
    .toArray();
  const have = new Set(met.map(({ _id }) => _id));
  const isMissing = ({ id }: { readonly id: string }) => !have.has(id);
  return { indexes: indexes.filter(isMissing), steps: steps.filter(isMissing) };
}

/** One line for each need. */
export const describeNeeds = ({ indexes, steps }: DatabaseNeeds): string[] =>
  [...indexes, ...steps].map(({ id }) => `  ${id}`);

/**
 * Meets needs one after the other, the indexes of one collection with one pass over it; MongoDB builds them beside its other
 * work. What was met is recorded at once: broken off, it goes on from there the next time.
 *
 * @param say told of each that is met
 */
export async function meet(
  db: mongo.Db,
  { indexes, steps }: DatabaseNeeds,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const record = async (ids: readonly string[], work: () => Promise<unknown>) => {
    signal.throwIfAborted();
    const startedAt = performance.now();
    await work();
    const tookMs = Math.round(performance.now() - startedAt);
    await collectionOf(db).bulkWrite(ids.map((_id) => metBy(_id, tookMs)));
    for (const id of ids) say(`  ${id}: done after ${tookMs} ms`);
  };
  for (const [collection, needs] of Map.groupBy(indexes, (need: IndexNeed) => need.collection)) {
    const specs = needs.map(({ spec }) => spec);
    await record(
      needs.map(({ id }) => id),
      () => db.collection(collection).createIndexes(specs),
    );
  }
  for (const { id, run } of steps) await record([id], () => run(db, signal));
}

const metBy = (_id: string, tookMs: number) => ({
  updateOne: { filter: { _id }, update: { $set: { at: new Date(), tookMs } }, upsert: true },
});

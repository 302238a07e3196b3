import { EJSON } from 'bson';
import { type Collection, type Db, type Document, MongoServerError, type UpdateResult } from 'mongodb';
import { Random } from '../../../testing/src/random.js';
import { change, document, filter, pipeline, projection, sorts } from './random-queries.js';

/** Something to ask an engine, with all it takes. Documents stand in the recording before the questions about them. */
export type Question =
  | { ask: 'store'; docs: Document[] }
  | { ask: 'find'; filter: Document; sort: Document; projection: Document; skip: number; limit: number }
  | { ask: 'aggregate'; pipeline: Document[] }
  | { ask: 'update'; docs: Document[]; filter: Document; change: Document; many: boolean; upsert: boolean };

/** What an engine says: documents, or the code of its refusal. */
export type Answer = { docs: Document[]; matched?: number; modified?: number } | { code: number };

const DOCUMENTS = 40;
const FINDS = 60;
const AGGREGATIONS = 40;
const UPDATES = 60;

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** The questions of one seed. */
export function questions(seed: number): Question[] {
  const random = new Random(seed);
  const docs = (count: number): Document[] => times(count, (_id) => document(random, _id));
  return [
    { ask: 'store', docs: docs(DOCUMENTS) },
    ...times(FINDS, () => ({
      ask: 'find' as const,
      filter: filter(random, true),
      sort: random.pick(sorts),
      projection: projection(random),
      skip: random.chance(0.2) ? random.below(3) : 0,
      limit: 1 + random.below(6),
    })),
    ...times(AGGREGATIONS, () => ({ ask: 'aggregate' as const, pipeline: pipeline(random) })),
    ...times(UPDATES, () => ({
      ask: 'update' as const,
      docs: docs(4),
      filter: filter(random, true),
      change: change(random),
      many: random.chance(0.6),
      upsert: random.chance(0.2),
    })),
  ];
}

/** Asks the engine; its answers keep the types of numbers. */
export async function askAll(db: Db, all: readonly Question[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  const types = { promoteValues: false, promoteLongs: false };
  const [found, changed] = [db.collection('found', types), db.collection('changed', types)];
  for (const question of all) answers.push(await unlessRefused(() => ask(question, found, changed)));
  return answers;
}

async function ask(question: Question, found: Collection, changed: Collection): Promise<Answer> {
  switch (question.ask) {
    case 'store':
      await found.insertMany(question.docs);
      return { docs: [] };
    case 'find': {
      const { filter: wanted, sort } = question;
      // Read from the recording they are of BSON's classes, which the driver passes over.
      const [skip, limit] = [Number.parseInt(String(question.skip), 10), Number.parseInt(String(question.limit), 10)];
      return {
        docs: await found.find(wanted, { sort: sort as never, projection: question.projection, skip, limit }).toArray(),
      };
    }
    case 'aggregate':
      return { docs: (await found.aggregate(question.pipeline).toArray()).map(inOrder).toSorted(byText) };
    case 'update':
      return update(question, changed);
  }
}

async function update(question: Extract<Question, { ask: 'update' }>, changed: Collection): Promise<Answer> {
  await changed.deleteMany({});
  await changed.insertMany(question.docs);
  const { filter: wanted, change: wish, many, upsert } = question;
  const isReplacement = !Object.keys(wish)[0]!.startsWith('$');
  const write = async (): Promise<UpdateResult> => {
    if (isReplacement) return changed.replaceOne(wanted, wish, { upsert });
    return many ? changed.updateMany(wanted, wish, { upsert }) : changed.updateOne(wanted, wish, { upsert });
  };
  const { matchedCount, modifiedCount, upsertedId } = await write();
  const docs = await changed.find().sort({ _id: 1 }).toArray();
  // An _id that the server made up is another one each time.
  const told = docs.map((doc) => (upsertedId && String(doc._id) === String(upsertedId) ? { ...doc, _id: 'new' } : doc));
  return { docs: told, matched: matchedCount, modified: modifiedCount };
}

async function unlessRefused(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MongoServerError) return { code: Number(error.code) };
    throw error;
  }
}

const byText = (a: unknown, b: unknown): number => (text(a) < text(b) ? -1 : 1);

/** A set has no order: its elements by their text. */
const inOrder = (doc: Document): Document =>
  Object.fromEntries(
    Object.entries(doc).map(([name, value]: [string, unknown]) => [
      name,
      name.endsWith('Set') && Array.isArray(value) ? value.toSorted(byText) : value,
    ]),
  );

/** Types and the order of fields are part of the text. */
export const text = (value: unknown): string => EJSON.stringify(value, { relaxed: false });
export const parsed = (line: string): unknown => EJSON.parse(line, { relaxed: false });

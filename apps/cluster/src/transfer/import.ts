import { databaseOf, withDatabase } from '@roost/local-cluster';
import { mongo } from 'mongoose';
import { type Say, seconds } from '../progress.js';
import { Refused } from '../refused.js';
import { readDocuments } from './dump.js';
import { type DumpedCollection, readLayout } from './layout.js';

const batch = 1_000;
/** Large documents are sent in smaller batches: a message takes 48 MB. */
const batchBytes = 8 * 1024 * 1024;
/** What an address says itself counts. */
const reach = { serverSelectionTimeoutMS: 10_000 };

/** Writes a dump into a database that has nothing yet, and makes its indexes. */
export async function importInto(uri: string, dir: string, say: Say): Promise<void> {
  const collections = readLayout(dir);
  const client = await connect(withDatabase(uri, databaseOf(uri) ?? 'roost'));
  try {
    const database = client.db();
    await requireEmpty(database);
    for (const each of collections) await readOne(database, each, say);
  } finally {
    await client.close();
  }
}

async function connect(uri: string): Promise<mongo.MongoClient> {
  try {
    const patience = /[?&]serverSelectionTimeoutMS=/i.test(uri) ? {} : reach;
    return await mongo.MongoClient.connect(uri, { ...patience, writeConcern: { w: 'majority' } });
  } catch (error) {
    // Without the address: it may hold a password.
    throw new Refused(`that MongoDB is not to be reached: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Two Roosts in one database would mix, and an import that broke off begins anew. */
async function requireEmpty(database: mongo.Db): Promise<void> {
  const [there] = await database.listCollections({}, { nameOnly: true }).toArray();
  if (!there) return;
  throw new Refused(
    `the database ${database.databaseName} has collections already (${there.name}). Name another one in the address, or drop it`,
  );
}

async function readOne(database: mongo.Db, { name, documents, indexes }: DumpedCollection, say: Say): Promise<void> {
  const startedAt = performance.now();
  const collection = await database.createCollection(name);
  let count = 0;
  for await (const part of batched(readDocuments(documents))) {
    await collection.insertMany(part);
    count += part.length;
  }
  const own = indexes.filter((index) => index['name'] !== '_id_').map(withoutPlace);
  if (own.length > 0) await database.command({ createIndexes: name, indexes: own });
  const stored = await collection.countDocuments();
  if (stored !== count) throw new Refused(`${name}: ${count} documents were written and ${stored} are there`);
  say(`  ${name.padEnd(20)}${String(count).padStart(9)} documents  ${seconds(performance.now() - startedAt)}`);
}

/** The version is the other server's to choose, and a namespace is of older ones. */
const withoutPlace = (index: mongo.BSON.Document): mongo.BSON.Document =>
  Object.fromEntries(Object.entries(index).filter(([option]) => option !== 'v' && option !== 'ns'));

async function* batched(documents: AsyncIterable<mongo.BSON.Document>): AsyncGenerator<mongo.BSON.Document[]> {
  let part: mongo.BSON.Document[] = [];
  let bytes = 0;
  for await (const one of documents) {
    part.push(one);
    bytes += mongo.BSON.calculateObjectSize(one);
    if (part.length < batch && bytes < batchBytes) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

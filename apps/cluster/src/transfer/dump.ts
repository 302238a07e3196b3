import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { mongo } from 'mongoose';
import { Refused } from '../refused.js';

const { BSON } = mongo;

/** Every type is kept as it was stored: an integer of 32 bits is none of 64, and no double. */
export const asStored = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;

/** The least that a document has: its length and its end. */
const leastBytes = 5;
/** MongoDB's own bound, and room for what it adds itself. */
const mostBytes = 16 * 1024 * 1024 + 16 * 1024;

/** A file of mongodump: one document after the other, as BSON. @returns how many there were */
export async function writeDocuments(file: string, documents: AsyncIterable<Uint8Array>): Promise<number> {
  let count = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const bytes of documents) {
      count += 1;
      yield bytes;
    }
  }
  await pipeline(counted, createWriteStream(file, { mode: 0o600, flags: 'wx' }));
  return count;
}

/** The documents of such a file. `Refused` where it is none, or cut off. */
export async function* readDocuments(file: string): AsyncGenerator<mongo.BSON.Document> {
  let rest: Buffer = Buffer.alloc(0);
  let at = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (let size = sizeOf(rest, file, at); size !== undefined; size = sizeOf(rest, file, at)) {
      yield decoded(rest.subarray(0, size), file, at);
      rest = rest.subarray(size);
      at += size;
    }
  }
  if (rest.length > 0) throw new Refused(`${file} is cut off: ${rest.length} bytes at ${at} are no whole document`);
}

/** Undefined while the next document is not there as a whole. */
function sizeOf(bytes: Buffer, file: string, at: number): number | undefined {
  if (bytes.length < 4) return undefined;
  const size = bytes.readInt32LE(0);
  if (size < leastBytes || size > mostBytes) throw noBson(file, at);
  return size <= bytes.length ? size : undefined;
}

function decoded(bytes: Buffer, file: string, at: number): mongo.BSON.Document {
  try {
    return BSON.deserialize(bytes, asStored);
  } catch (error) {
    throw noBson(file, at, error);
  }
}

const noBson = (file: string, at: number, cause?: unknown): Refused =>
  new Refused(`${file} is not a dump: there is no BSON document at byte ${at}`, { cause });

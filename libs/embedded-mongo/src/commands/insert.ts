import { ObjectId, Timestamp } from 'bson';
import { decode, elementsOf } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import type { Doc, Value } from '../bson/value.js';
import { notSupported } from '../errors.js';
import type { Collection } from '../storage/collection.js';
import { booleanField, type Command } from './command.js';
import { assertStorable, eachStatement, writable } from './statements.js';

export const insert: Command = {
  name: 'insert',
  fields: ['documents', 'ordered', 'bypassDocumentValidation', 'bypassEmptyTsReplacement'],
  retryable: true,
  writes: true,
  run(request) {
    const documents = request.documents ?? [];
    const collection = writable(request);
    const asItIs = booleanField(request.command, 'bypassEmptyTsReplacement', false);
    let n = 0;
    const writeErrors = eachStatement(request, documents, (bytes) => {
      insertOne(collection, bytes, asItIs);
      n += 1;
    });
    return { n, ...writeErrors };
  },
};

function insertOne(collection: Collection, bytes: Buffer, asItIs: boolean): void {
  const doc = decode(bytes);
  if (!asItIs && [...doc.values()].some(isZeroTimestamp)) throw notSupported('an empty Timestamp to be filled in');
  const stored = doc.keys().next().value === '_id' ? bytes : idFirst(doc, bytes);
  assertStorable(stored, doc);
  collection.insert(doc, stored);
}

/** MongoDB puts its own time in the place of a Timestamp(0, 0) at the top of an inserted document. */
const isZeroTimestamp = (value: Value): boolean => value instanceof Timestamp && value.isZero();

/** As MongoDB does: `_id` stands first, and is made up if it is missing. The other elements stay byte for byte. */
function idFirst(doc: Doc, bytes: Buffer): Buffer {
  if (!doc.has('_id')) doc.set('_id', new ObjectId());
  const id = encode(new Map([['_id', doc.get('_id')!]])).subarray(4, -1);
  const rest = elementsOf(bytes).filter(({ name }) => name !== '_id');
  const body = [id, ...rest.map(({ start, end }) => bytes.subarray(start, end)), Buffer.from([0])];
  const size = Buffer.alloc(4);
  size.writeInt32LE(body.reduce((sum, part) => sum + part.length, 4));
  return Buffer.concat([size, ...body]);
}

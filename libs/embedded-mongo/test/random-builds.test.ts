import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { decode } from '../src/bson/decode.js';
import { encode } from '../src/bson/encode.js';
import type { Doc } from '../src/bson/value.js';
import { CommandError } from '../src/errors.js';
import type { Collection } from '../src/storage/collection.js';
import { IndexBuild } from '../src/storage/index-build.js';
import { type IndexSpec, parseIndexSpec } from '../src/storage/index-spec.js';
import { Store } from '../src/storage/store.js';
import { Random } from '../../testing/src/random.js';
import { temporaryFolder } from './support/engine.js';
import { docOf } from './support/values.js';

let dir: string;
let store: Store;
beforeEach(async () => {
  dir = await temporaryFolder();
  store = Store.open(dir);
  store.begin();
});
afterEach(async () => {
  store.rollback();
  store.close();
  await rm(dir, { recursive: true });
});

/** So many that a build takes five steps. */
const DOCUMENTS = 900;

/** `clash`: how often a document has a value that others have, or arrays beside each other, which no index takes. */
function randomDocument(random: Random, clash: number, _id: number): Doc {
  const value = (): number => (random.chance(clash) ? random.below(3) : 3 + random.below(1e9));
  const a = random.chance(0.05) ? [value(), value()] : value();
  return docOf({ _id, a, b: random.chance(clash * 10) ? [1, 2] : 1 });
}

function insert(collection: Collection, doc: Doc): void {
  collection.insert(doc, encode(doc));
}

function writeSomething(collection: Collection, random: Random, clash: number, _id: number): void {
  const [found] = collection.rowsFrom(random.below(DOCUMENTS), 1);
  if (found === undefined || random.chance(0.3)) return insert(collection, randomDocument(random, clash, _id));
  const before = decode(found.bytes);
  if (random.chance(0.4)) return collection.remove(found.row, before);
  const after = randomDocument(random, clash, before.get('_id') as number);
  collection.replace(found.row, before, after, encode(after));
}

/** The entries of the finished index, or why there is none. */
function build(collection: Collection, spec: IndexSpec, betweenSteps: () => void): unknown {
  const building = new IndexBuild(store, collection, [spec]);
  try {
    while (!building.step()) betweenSteps();
    betweenSteps();
    building.finish();
    const index = collection.indexes.at(-1)!;
    const entries = store.db.prepare(`SELECT hex(k) AS k, r FROM ${index.table} ORDER BY k`).all();
    collection.dropIndex(index);
    return { entries, multikey: index.multikey };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.codeName;
  } finally {
    building.end();
  }
}

const keys = [
  { key: { a: 1 }, name: 'plain' },
  { key: { a: -1 }, unique: true, name: 'unique' },
  { key: { a: 1, b: 1 }, name: 'compound' },
];
const outcomes = new Set<unknown>();

it.each(Array.from({ length: 24 }, (_, i) => i + 1))(
  'a build among writes gives what a build after them gives (seed %i)',
  (seed) => {
    const random = new Random(seed);
    const clash = random.pick([0, 0.0005, 0.003]);
    const collection = store.ensure('d', 'c');
    for (let n = 0; n < DOCUMENTS; n += 1) insert(collection, randomDocument(random, clash, n));
    const spec = parseIndexSpec(docOf(random.pick(keys)));
    let id = DOCUMENTS;
    const among = build(collection, spec, () => {
      for (let n = 0; n < 60; n += 1) writeSomething(collection, random, clash, (id += 1));
    });
    const after = build(collection, spec, () => undefined);
    if (typeof after === 'object') {
      const { multikey, entries } = after as { multikey: boolean[]; entries: unknown[] };
      expect(among).toMatchObject({ entries });
      // What had an array once keeps the flag: it costs speed, never answers.
      multikey.forEach(
        (is, i) => is && expect((among as typeof after & { multikey: boolean[] }).multikey[i]).toBe(true),
      );
    } else expect(among).toBe(after);
    outcomes.add(typeof after === 'object' ? 'built' : after);
  },
);

it('the seeds above meet each kind of end', () => {
  expect(outcomes).toEqual(new Set(['built', 'DuplicateKey', 'CannotIndexParallelArrays']));
});

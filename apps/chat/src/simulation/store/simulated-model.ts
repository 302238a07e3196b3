import type { ReplicaSet, CollectionName } from './replica-set.js';
import { duplicateKey, errorOfBulk, errorOfOne, bulkWithout, writeConflict } from './driver-errors.js';
import type { WriteAnswer, WriteError } from './driver-errors.js';
import { matches, textOf } from './filters.js';
import type { Document, Filter } from './filters.js';
import type { StoreLink } from './store-link.js';

type Order = Readonly<Record<string, unknown>>;

interface Update {
  readonly $set?: Document;
  readonly $unset?: Document;
}

/** An update of as many documents as `most`. */
interface OneUpdate {
  readonly filter: Filter;
  readonly update: Update;
  readonly most: number;
}

/** What a query of mongoose is to the repositories of the logs. */
class Query<Result> {
  private order: Order = {};
  private most = Infinity;

  constructor(
    private readonly find: (order: Order, most: number) => Promise<Document[]>,
    private readonly shape: (found: readonly Document[]) => Result,
  ) {}

  sort(order: Order): this {
    this.order = order;
    return this;
  }

  limit(most: number): this {
    this.most = most;
    return this;
  }

  lean(): this {
    return this;
  }

  hint(): this {
    return this;
  }

  batchSize(): this {
    return this;
  }

  async exec(): Promise<Result> {
    return this.shape(await this.find(this.order, this.most));
  }
}

/** A mongoose model, and the driver's collection under it, over the simulated store: what the logs use of them. */
export class SimulatedModel {
  /** As the repository of messages gets at the driver's collection. */
  readonly db = { db: { collection: () => this.collection } };

  readonly collection = {
    name: 'simulated',
    findOne: async (filter: Filter, { sort = {} }: { readonly sort?: Order } = {}) =>
      (await this.found(filter, sort, 1))[0] ?? null,
    insertOne: (document: Document) => this.insertOne(document),
    insertMany: (documents: readonly Document[], { ordered = true } = {}) => this.insertMany(documents, ordered),
  };

  constructor(
    private readonly set: ReplicaSet,
    private readonly link: StoreLink,
    private readonly name: CollectionName,
    private readonly readLevel: 'local' | 'majority',
    /** Asked of each document that is written. */
    private readonly isConflict: () => boolean,
  ) {}

  findOne(filter: Filter): Query<Document | null> {
    return new Query(
      (order) => this.found(filter, order, 1),
      ([first]) => first ?? null,
    );
  }

  find(filter: Filter): Query<readonly Document[]> {
    return new Query(
      (order, most) => this.found(filter, order, most),
      (found) => found,
    );
  }

  findById(_id: unknown): Query<Document | null> {
    return this.findOne({ _id });
  }

  async exists(filter: Filter): Promise<Document | null> {
    return (await this.found(filter, {}, 1))[0] ?? null;
  }

  updateOne(filter: Filter, update: Update): { exec(): Promise<{ modifiedCount: number }> } {
    return { exec: () => this.updateAll([{ filter, update, most: 1 }]) };
  }

  updateMany(filter: Filter, update: Update): { exec(): Promise<{ modifiedCount: number }> } {
    return { exec: () => this.updateAll([{ filter, update, most: Infinity }]) };
  }

  private found(filter: Filter, order: Order, most: number): Promise<Document[]> {
    return this.link.read(() => {
      const found = [...this.set.read(this.name, this.readLevel)].filter((document) => matches(document, filter));
      return sorted(found, order).slice(0, most);
    });
  }

  private async insertOne(document: Document): Promise<void> {
    const stored = new Set<Document>();
    const outcome = await this.link.write(() => this.insert([document], true, stored), true);
    if (outcome.kind === 'unanswered') throw outcome.error;
    const error = errorOfOne(outcome.answer, outcome.isConfirmed);
    if (error) throw error;
  }

  private async insertMany(documents: readonly Document[], ordered: boolean): Promise<void> {
    const stored = new Set<Document>();
    const outcome = await this.link.write(() => this.insert(documents, ordered, stored), true);
    if (outcome.kind === 'unanswered') throw bulkWithout(outcome.error);
    const error = errorOfBulk(outcome.answer, outcome.isConfirmed);
    if (error) throw error;
  }

  /** @param stored by an earlier try of this very command: the server knows by its number what it has done of it */
  private insert(documents: readonly Document[], ordered: boolean, stored: Set<Document>): WriteAnswer {
    const primary = this.set.onPrimary(this.name);
    const writeErrors: WriteError[] = [];
    for (const [index, document] of documents.entries()) {
      if (stored.has(document) && primary.get(textOf(document['_id']))) continue;
      const refused = this.refusalOf(index, document);
      this.set.trace.tell(
        'store',
        () => `${refused ? `refuses (${refused.errmsg.slice(0, 90)})` : 'writes'} ${inWords(document)}`,
      );
      if (refused) writeErrors.push(refused);
      if (refused && ordered) return { n: index, writeErrors };
      if (refused) continue;
      this.set.write(this.name, document);
      stored.add(document);
    }
    return { n: documents.length - writeErrors.length, writeErrors };
  }

  private refusalOf(index: number, document: Document): WriteError | undefined {
    if (this.isConflict()) return writeConflict(index);
    const fields = this.set.onPrimary(this.name).refusalOf(document);
    return fields && duplicateKey(index, fields);
  }

  bulkWrite(writes: readonly { readonly updateMany: Omit<OneUpdate, 'most'> }[]): Promise<{ modifiedCount: number }> {
    return this.updateAll(writes.map(({ updateMany }) => ({ ...updateMany, most: Infinity })));
  }

  /** In one call. */
  private async updateAll(updates: readonly OneUpdate[]) {
    const outcome = await this.link.write(() => {
      const counts = updates.map((update) => this.update(update));
      return { n: counts.reduce((sum, count) => sum + count, 0), writeErrors: [] };
    }, false);
    if (outcome.kind === 'unanswered') throw outcome.error;
    const error = errorOfOne(outcome.answer, outcome.isConfirmed);
    if (error) throw error;
    return { modifiedCount: outcome.answer.n };
  }

  private update({ filter, update: { $set = {}, $unset = {} }, most }: OneUpdate): number {
    const found = [...this.set.onPrimary(this.name).all].filter((document) => matches(document, filter));
    for (const document of found.slice(0, most)) {
      const kept = Object.entries({ ...document, ...$set }).filter(([field]) => !(field in $unset));
      this.set.write(this.name, Object.fromEntries(kept));
    }
    return Math.min(found.length, most);
  }
}

/** A message or a change, by its place and what it says. */
function inWords({ seq, rev, text, kind }: Document): string {
  return `${textOf(seq ?? rev)}: ${textOf(text ?? kind)}`;
}

function sorted(documents: Document[], order: Order): Document[] {
  const [by] = Object.entries(order);
  if (!by) return documents;
  const [field, direction] = by;
  return documents.toSorted((one, other) => (Number(one[field]) - Number(other[field])) * Number(direction));
}

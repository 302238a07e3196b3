import type { Trace } from '../trace.js';
import { Collection } from './collection.js';
import type { UniqueIndex } from './collection.js';
import { textOf } from './filters.js';
import type { Document } from './filters.js';

export type CollectionName = 'messages' | 'changes';

interface Written {
  readonly collection: CollectionName;
  readonly id: string;
  readonly before: Document | undefined;
  readonly after: Document | undefined;
}

interface AwaitingMajority {
  readonly place: number;
  readonly ended: (isConfirmed: boolean) => void;
}

/**
 * A replica set as its clients see it: a primary with a log of what was written, up to some place of which the majority has it.
 * Another primary that is elected may lack the rest, and never lacks what the majority has.
 */
export class ReplicaSet {
  private readonly newest: Record<CollectionName, Collection>;
  private readonly confirmed: Record<CollectionName, Collection>;
  private readonly log: Written[] = [];
  private waiting: AwaitingMajority[] = [];
  private confirmedPlace = 0;
  hasPrimary = true;
  /** While it is cut off from the others, the primary goes on writing what the majority does not get. */
  isCutOff = false;

  constructor(
    indexes: Readonly<Record<CollectionName, readonly UniqueIndex[]>>,
    readonly trace: Trace,
  ) {
    const collections = () => ({
      messages: new Collection(indexes.messages),
      changes: new Collection(indexes.changes),
    });
    this.newest = collections();
    this.confirmed = collections();
  }

  /** The place behind the last thing written. */
  get head(): number {
    return this.log.length;
  }

  /** @param level `majority`: without what another primary may lack */
  read(collection: CollectionName, level: 'local' | 'majority'): Iterable<Document> {
    return (level === 'majority' ? this.confirmed : this.newest)[collection].all;
  }

  onPrimary(collection: CollectionName): Collection {
    return this.newest[collection];
  }

  isConfirmed(collection: CollectionName, id: string): boolean {
    return this.confirmed[collection].get(id) !== undefined;
  }

  write(collection: CollectionName, after: Document): void {
    const id = textOf(after['_id']);
    this.log.push({ collection, id, before: this.newest[collection].get(id), after });
    this.newest[collection].put(id, after);
  }

  /** Told once the majority has all before a place, or a primary was elected that may lack it. */
  whenConfirmed(place: number, ended: (isConfirmed: boolean) => void): void {
    if (place <= this.confirmedPlace) ended(true);
    else this.waiting.push({ place, ended });
  }

  confirm(place: number): void {
    if (this.isCutOff || !this.hasPrimary) return;
    for (; this.confirmedPlace < Math.min(place, this.head); this.confirmedPlace++) {
      const { collection, id, after } = this.log[this.confirmedPlace]!;
      this.confirmed[collection].put(id, after);
    }
    const isReached = (one: AwaitingMajority) => one.place <= this.confirmedPlace;
    const reached = this.waiting.filter(isReached);
    this.waiting = this.waiting.filter((one) => !isReached(one));
    for (const { ended } of reached) ended(true);
  }

  stepDown(): void {
    this.hasPrimary = false;
    this.trace.tell('store', () => `has no primary; ${this.head - this.confirmedPlace} writes are not confirmed`);
    for (const { ended } of this.waiting.splice(0)) ended(false);
  }

  /** @param lost share of what was not confirmed that the new primary lacks, from 0 to 1 */
  elect(lost: number): void {
    const kept = this.head - Math.round((this.head - this.confirmedPlace) * lost);
    this.trace.tell('store', () => `has another primary; ${this.head - kept} writes are lost`);
    for (const { collection, id, before } of this.log.splice(kept).toReversed())
      this.newest[collection].put(id, before);
    this.hasPrimary = true;
    this.isCutOff = false;
  }
}

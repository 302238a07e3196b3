import { mongo, Types } from 'mongoose';
import { expect, it } from 'vitest';
import { SystemClock } from '../kernel/clock.js';
import { ChangeApplier } from './change-applier.js';
import { ChangeKinds } from './change-kinds.js';
import type { ChangeKind } from './change-kinds.js';
import { ChangeLog } from './change-log.js';
import { ChangeRepair } from './change-repair.js';
import { ChangeTeller } from './change-teller.js';
import type { ChangeDocument } from './change.schema.js';

const chatId = new Types.ObjectId().toHexString();
const by = new Types.ObjectId().toHexString();
const kind = 'message:edited';

/** One message of one chat, its log, and what is told of it. */
class World {
  text = 'before';
  isStoreAway = false;
  readonly told: unknown[] = [];
  readonly changes: ChangeDocument[] = [];
  private readonly pending = new Set<Types.ObjectId>();
  /** Goes on to whoever left something. */
  look: () => unknown = () => {};
  readonly teller: ChangeTeller;
  readonly log: ChangeLog;

  constructor() {
    const kinds = new ChangeKinds();
    kinds.register(kind, {
      apply: async (changes) => {
        if (this.isStoreAway) throw new mongo.MongoNetworkError('away');
        for (const { body } of changes) this.text = body.text;
      },
      show: async (changes) => changes.map(() => ({ message: { text: this.text } as never })),
    });
    const repository = {
      readHead: async () => this.changes.length,
      insert: async (entries: readonly ChangeDocument[]) => {
        this.changes.push(...entries);
        for (const { _id } of entries) this.pending.add(_id);
        return { kind: 'all' };
      },
      pendingBetween: async () => this.changes.filter(({ _id }) => this.pending.has(_id)),
      markAllApplied: async (applied: readonly ChangeDocument[]) => {
        for (const { _id } of applied) this.pending.delete(_id);
      },
      markApplied: async (id: Types.ObjectId) => this.pending.delete(id),
    } as never;
    const broadcaster = {
      toChat: (_: string, __: string, { message }: { message: unknown }) => this.told.push(message),
    } as never;
    const clock = Object.assign(new SystemClock(), {
      every: (_: string, __: number, look: () => unknown) => {
        this.look = look;
        return () => {};
      },
    });
    const logger = { warn: () => {}, info: () => {} } as never;
    const applier = new ChangeApplier(kinds);
    this.teller = new ChangeTeller(kinds, broadcaster);
    this.log = new ChangeLog(repository, applier, kinds, logger, clock);
    new ChangeRepair(repository, applier, this.teller, logger, clock).onApplicationBootstrap();
  }

  async edit(text: string): Promise<void> {
    const body = { messageId: new Types.ObjectId().toHexString(), text, before: this.text };
    await this.teller.tell(await this.log.make<ChangeKind & typeof kind>({ chatId, by, kind, body }));
  }
}

it('a change is told once it is applied', async () => {
  const world = new World();
  await world.edit('after');
  await world.look();
  expect([world.text, world.told]).toEqual(['after', [{ text: 'after' }]]);
});

it('G4 S6 a change that is decided and cannot be applied yet is told by who applies it, and not before', async () => {
  const world = new World();
  world.isStoreAway = true;
  await world.edit('after');
  world.isStoreAway = false;
  expect([world.text, world.told]).toEqual(['before', []]);
  await world.look();
  expect([world.text, world.told]).toEqual(['after', [{ text: 'after' }]]);
});

import { expect, it } from 'vitest';
import { ChangesRepository } from '../logs/changes.repository.js';
import { Replicas } from '../cluster/homes/replicas.js';
import type { HandedLog } from '../cluster/homes/hand-over.js';
import type { Numbered } from '../cluster/homes/source-ports.js';
import type { ChangeDocument } from '../logs/change.schema.js';
import type { Inserted } from '../logs/sequenced-log.js';
import { MessageLog } from '../messages/message-log.js';
import type { MessageDocument } from '../messages/message.schema.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { isUnconfirmed } from '../store/store-errors.js';
import { isStoreUnavailable } from '../store/store-trouble.js';
import { planOf } from './plan.js';
import { realParts } from './replica/parts.js';
import type { Parts } from './replica/parts.js';
import { smallestFailing } from './shrink.js';
import { simulate } from './simulate.js';

type Make = (seq: number) => MessageDocument;

/** Takes news for more than it says. */
class AheadOfTheStore extends MessageLog {
  override heard(chatId: string, seq: number): void {
    super.heard(chatId, seq + 1);
  }
}

/** Tries again by itself what got no answer, although others of the chat have gone on meanwhile. */
class Overtaken extends MessageLog {
  override append(chatId: string, make: Make, reclaim?: () => boolean): Promise<MessageDocument> {
    return super.append(chatId, make, reclaim).catch((error: unknown) => {
      if (!isStoreUnavailable(error)) throw error;
      return super.append(chatId, make, reclaim);
    });
  }
}

/** Does so only with what it would not know again. */
class Doubled extends Overtaken {
  override append(chatId: string, make: Make, reclaim?: () => boolean): Promise<MessageDocument> {
    const isKnown = make(1).clientMessageId !== undefined;
    return isKnown
      ? MessageLog.prototype.append.call(this, chatId, make, reclaim)
      : super.append(chatId, make, reclaim);
  }
}

/** Has what got no answer go another way, under another id. */
class HandedOnUnsure extends MessageLog {
  override append(chatId: string, make: Make, reclaim?: () => boolean): Promise<MessageDocument> {
    return super.append(chatId, make, reclaim).catch((error: unknown) => {
      if (isStoreUnavailable(error)) reclaim?.();
      throw error;
    });
  }
}

/** Takes a write for stored that only one node has. */
class Hasty extends MessagesRepository {
  override async insert(entries: readonly MessageDocument[]): Promise<Inserted> {
    try {
      return await super.insert(entries);
    } catch (error) {
      if (isUnconfirmed(error)) return { kind: 'all' };
      throw error;
    }
  }
}

/** Does not say which state a change ends. */
class Endless extends ChangesRepository {
  override insert(entries: readonly ChangeDocument[]): Promise<Inserted> {
    const withoutEnds = entries.map((entry) => Object.entries(entry).filter(([field]) => field !== 'ends'));
    return super.insert(withoutEnds.map((fields) => Object.fromEntries(fields) as unknown as ChangeDocument));
  }
}

type AnyLog = HandedLog<Numbered, unknown, unknown, unknown>;

/** Replicas whose logs are handed over in another way than they say. */
const handing = (change: (log: AnyLog) => Partial<AnyLog>): Partial<Parts> => ({
  replicas: (...given) => {
    const replicas = new Replicas(...given);
    const real = replicas.handing.bind(replicas) as (log: AnyLog) => unknown;
    return Object.assign(replicas, { handing: (log: AnyLog) => real({ ...log, ...change(log) }) });
  },
});

const mutants: Readonly<Record<string, Partial<Parts>>> = {
  'a head is remembered ahead of what is stored': { messageLog: (...given) => new AheadOfTheStore(...given) },
  'messages of a chat are inserted without an order': {
    model: (model) => {
      const { insertMany } = model.collection;
      Object.assign(model.collection, { insertMany: (documents: []) => insertMany(documents, { ordered: false }) });
      return model;
    },
  },
  'a write is answered that the majority has not confirmed': { messages: (...given) => new Hasty(...given) },
  'what got no answer is tried again under a new id': { messageLog: (...given) => new Doubled(...given) },
  'what got no answer is handed to a home': { messageLog: (...given) => new HandedOnUnsure(...given) },
  'a failed message is overtaken by those behind it': { messageLog: (...given) => new Overtaken(...given) },
  'heads are read that another primary may lack': { readLevel: 'local' },
  'what a home did not store is stored under another id': handing(({ store }) => ({
    store: (chatId, entry, reclaim) => store(chatId, { ...entry, id: undefined }, reclaim),
  })),
  'a home goes on behind what it did not store': handing(({ storeOfOther, isSeenBefore }) => ({
    storeOfOther: (chatId, entry, checked, failed) =>
      storeOfOther(chatId, entry, checked, (error) => {
        if (isSeenBefore(error)) failed(error);
      }),
  })),
  'a state of a message is ended twice': { changes: (...given) => new Endless(...given) },
};

it.each(Object.entries(mutants))('finds within 2,000 runs that %s', { timeout: 600_000 }, async (_name, broken) => {
  const parts = { ...realParts, ...broken };
  let seed = 1;
  while (seed < 2_000 && (await simulate(planOf(seed), { parts })).problems.length === 0) seed++;
  expect(seed).toBeLessThan(2_000);
});

it('makes a run that fails smaller, and it still fails', async () => {
  const parts = {
    ...realParts,
    messageLog: (...given: Parameters<Parts['messageLog']>) => new AheadOfTheStore(...given),
  };
  let seed = 1;
  while ((await simulate(planOf(seed), { parts })).problems.length === 0) seed++;
  const plan = await smallestFailing(planOf(seed), { parts });
  expect((await simulate(plan, { parts })).problems).not.toEqual([]);
  expect(plan.troubles.size).toBeLessThan(planOf(seed).troubles.size);
});

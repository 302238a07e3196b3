import { ChatError } from '@roost/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Stretch } from './envelopes.js';
import { HandOverHome } from './hand-over-home.js';
import { answerMaxMs, HandOverSource } from './hand-over-source.js';

interface Entry {
  id?: string;
  readonly text: string;
}

class Seen extends Error {}

const chatId = 'c'.repeat(24);
const turn = () => new Promise((resolve) => setImmediate(resolve));
async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn();
}

/** One store, a source and the home it knows; what they say to each other passes when the test says so. */
class World {
  readonly stored: string[] = [];
  readonly ids = new Set<string>();
  readonly toHome: { stretch: Stretch<Entry>; isFresh: boolean }[] = [];
  readonly toSource: Answer[] = [];
  readonly broadcasts: { id: string; text: string }[] = [];
  readonly said: string[] = [];
  home: string | undefined = 'home';
  isHomeThere = true;
  isTaken = true;
  now = 0;
  /** What the home's store answers; undefined: it stores. */
  homeFails: ((text: string) => Error | undefined) | undefined;
  refuses: ((text: string) => ChatError | undefined) | undefined;
  homeStoreIsOpen = true;
  /** What this replica stores is stored when this is over. */
  ownStore: Promise<void> = Promise.resolve();
  /** Another replica is faster than this one. */
  isOwnPlaceLost = false;
  private lastId = 0;
  private readonly held: (() => void)[] = [];

  readonly source = new HandOverSource<Entry, string>({
    homeOf: () => this.home,
    isThere: () => this.isHomeThere,
    store: async (_chatId, { id, text }, reclaim) => {
      await this.ownStore;
      if (this.isOwnPlaceLost && reclaim()) throw new Error('lost its place');
      await turn();
      return this.store(id ?? `own-${this.lastId++}`, text);
    },
    find: async ({ id, text }) => (this.ids.has(id ?? '') ? text : undefined),
    send: async (_home, stretches) => {
      if (!this.isTaken) return false;
      this.toHome.push(...stretches.map((stretch) => ({ stretch, isFresh: true })));
      return true;
    },
    seenBefore: () => new Seen(),
    isSeenBefore: (error) => error instanceof Seen,
    newId: () => `id-${this.lastId++}`,
    nowMs: () => this.now,
    atEndOfTurn: (work) => void setImmediate(work),
    inBackground: (work) => void work(),
    observe: (what, count) => this.said.push(`${what} ${count}`),
    waited: () => undefined,
    unheard: (home) => this.said.push(`${home} did not answer`),
  });

  readonly atHome = new HandOverHome<Entry, Entry>({
    parse: (_chatId, entry) =>
      typeof entry === 'object' && entry !== null && 'text' in entry ? (entry as Entry) : undefined,
    check: async (entry) => {
      await turn();
      const refusal = this.refuses?.(entry.text);
      if (refusal) throw refusal;
      return entry;
    },
    store: (_chatId, { id = '', text }, _checked, failed) => {
      const work = () => {
        const failure = this.homeFails?.(text);
        if (failure) return failed(failure);
        try {
          this.store(id, text);
          this.broadcasts.push({ id, text });
        } catch (error) {
          failed(error);
        }
      };
      if (this.homeStoreIsOpen) work();
      else this.held.push(work);
    },
    isSeenBefore: (error) => error instanceof Seen,
    answer: (_source, answer) => this.toSource.push(answer),
    inBackground: (work) => void work(),
  });

  /** Everything on its way arrives. */
  async pass(): Promise<void> {
    await settled();
    for (const { stretch, isFresh } of this.toHome.splice(0)) this.atHome.receive('source', stretch, isFresh);
    await settled();
    for (const { id, text } of this.broadcasts.splice(0)) this.source.heard(id, text);
    for (const answer of this.toSource.splice(0)) this.source.answered('home', answer);
    await settled();
  }

  openHomeStore(): void {
    this.homeStoreIsOpen = true;
    for (const work of this.held.splice(0)) work();
  }

  append(...texts: string[]): Promise<PromiseSettledResult<string>[]> {
    return Promise.allSettled(texts.map((text) => this.source.append(chatId, { text })));
  }

  private store(id: string, text: string): string {
    if (this.ids.has(id)) throw new Seen();
    this.ids.add(id);
    this.stored.push(text);
    return text;
  }
}

let world: World;
beforeEach(() => (world = new World()));

const outcomes = (results: PromiseSettledResult<string>[]) =>
  results.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error)));

/** While `a` is being stored here the chat gets a home, and `b` comes. */
async function aStoredHereAndBWaits() {
  const ownStore = Promise.withResolvers<void>();
  world.ownStore = ownStore.promise;
  world.home = undefined;
  const sent = [world.append('a')];
  world.home = 'home';
  sent.push(world.append('b'));
  await settled();
  return { sent, ownStore };
}

describe('handing over', () => {
  it('stores here where there is no other home, and says nothing', async () => {
    world.home = undefined;
    expect(outcomes(await world.append('a', 'b'))).toEqual(['a', 'b']);
    expect([world.stored, world.toHome, world.said]).toEqual([['a', 'b'], [], []]);
  });

  it('sends what came in one turn together, and the broadcast is the answer', async () => {
    const sent = world.append('a', 'b');
    await settled();
    expect(world.toHome.map(({ stretch }) => [stretch.first, stretch.entries.length])).toEqual([[0, 2]]);
    await world.pass();
    expect(outcomes(await sent)).toEqual(['a', 'b']);
    expect([world.stored, world.toSource]).toEqual([['a', 'b'], []]);
  });

  it('M3 goes on in its order while earlier ones are on their way', async () => {
    const sent = [world.append('a')];
    await settled();
    sent.push(world.append('b'));
    await world.pass();
    expect(outcomes((await Promise.all(sent)).flat())).toEqual(['a', 'b']);
    expect(world.stored).toEqual(['a', 'b']);
  });

  it('M3 hands over what lost its place here, before what came behind it', async () => {
    const ownStore = Promise.withResolvers<void>();
    Object.assign(world, { ownStore: ownStore.promise, isOwnPlaceLost: true, home: undefined });
    const sent = [world.append('a', 'b')];
    world.home = 'home';
    sent.push(world.append('c'));
    ownStore.resolve();
    await world.pass();
    expect(outcomes((await Promise.all(sent)).flat())).toEqual(['a', 'b', 'c']);
    expect([world.stored, world.said]).toEqual([['a', 'b', 'c'], ['handed over 3']]);
  });

  it('stores here what lost its place where there is no home to hand it to', async () => {
    Object.assign(world, { isOwnPlaceLost: true, home: undefined });
    expect(outcomes(await world.append('a'))).toEqual(['a']);
    expect([world.stored, world.toHome]).toEqual([['a'], []]);
  });

  it('M2 M3 keeps what was taken back from a home, and what is behind it, though it loses its place', async () => {
    const sent = [world.append('a')];
    await settled();
    const ownStore = Promise.withResolvers<void>();
    Object.assign(world, { ownStore: ownStore.promise, isOwnPlaceLost: true, home: undefined, isHomeThere: false });
    world.source.look();
    sent.push(world.append('b'));
    world.toHome.length = 0;
    world.home = 'another home';
    ownStore.resolve();
    await settled();
    expect(outcomes((await Promise.all(sent)).flat())).toEqual(['a', 'b']);
    expect([world.stored, world.toHome]).toEqual([['a', 'b'], []]);
  });

  it('M3 hands over only when what is being stored here is decided, and the other way round', async () => {
    const { sent, ownStore } = await aStoredHereAndBWaits();
    expect(world.toHome).toEqual([]);
    ownStore.resolve();
    await settled();
    expect([world.stored, world.toHome.length]).toEqual([['a'], 1]);
    world.home = undefined;
    sent.push(world.append('c'));
    await settled();
    expect(world.stored).toEqual(['a']);
    await world.pass();
    expect(outcomes((await Promise.all(sent)).flat())).toEqual(['a', 'b', 'c']);
    expect(world.stored).toEqual(['a', 'b', 'c']);
  });

  it('M3 what waits for one that is being stored here fails with it, instead of being handed over before it is sent again', async () => {
    const { sent, ownStore } = await aStoredHereAndBWaits();
    ownStore.reject(new Error('no answer'));
    await world.pass();
    const failures = outcomes((await Promise.all(sent)).flat()).map(String);
    expect([failures, world.stored]).toEqual([['Error: no answer', 'Error: no answer'], []]);
  });
});

describe('what the home refuses', () => {
  it('is told as it says; what stands behind it is handed over anew, in its order', async () => {
    world.refuses = (text) => (text === 'b' ? new ChatError('chat/access_denied') : undefined);
    const sent = world.append('a', 'b', 'c', 'd');
    await world.pass();
    await world.pass();
    const [a, b, c, d] = outcomes(await sent);
    expect([a, (b as ChatError).code, c, d]).toEqual(['a', 'chat/access_denied', 'c', 'd']);
    expect(world.stored).toEqual(['a', 'c', 'd']);
  });

  it('M15 for it has too much to do, is not tried here, and neither is what stands behind it', async () => {
    world.refuses = () => new ChatError('server/overloaded', { retryAfterMs: 5 });
    const sent = world.append('a', 'b');
    await world.pass();
    const codes = outcomes(await sent).map((error) => (error as ChatError).code);
    expect([codes, world.stored]).toEqual([['server/overloaded', 'server/overloaded'], []]);
  });

  it('M5 for it is stored already, is told so, and those behind it go on', async () => {
    world.homeFails = (text) => (text === 'a' ? new Seen() : undefined);
    const sent = world.append('a', 'b');
    await world.pass();
    const [a, b] = outcomes(await sent);
    expect([a, b]).toEqual([expect.any(Seen), 'b']);
  });

  it('as what it cannot read, is an invalid request', async () => {
    const stretch = { chatId, epoch: 1, first: 0, entries: [{ nonsense: true }] };
    world.atHome.receive('source', stretch, true);
    await settled();
    expect(world.toSource).toMatchObject([{ chatId, epoch: 1, n: 0, said: { code: 'request/invalid' } }]);
  });
});

const receive = (first: number, texts: string[], { epoch = 1, isFresh = true } = {}) =>
  world.atHome.receive(
    'source',
    { chatId, epoch, first, entries: texts.map((text, index) => ({ id: `${epoch}-${first + index}`, text })) },
    isFresh,
  );

describe('the home', () => {
  it('takes only the next number, and nothing more of an epoch that has a gap', async () => {
    receive(0, ['a']);
    await settled();
    receive(2, ['c']);
    receive(1, ['b']);
    receive(0, ['d'], { epoch: 2 });
    await settled();
    expect(world.stored).toEqual(['a', 'd']);
    expect(world.toSource).toEqual([{ chatId, epoch: 1, n: 2, said: 'broken' }]);
  });

  it('takes nothing twice, nothing of an earlier epoch and nothing late', async () => {
    receive(0, ['a'], { epoch: 2 });
    receive(0, ['b'], { epoch: 1 });
    receive(0, ['c'], { epoch: 3, isFresh: false });
    receive(1, ['d'], { epoch: 3 });
    await settled();
    expect(world.stored).toEqual(['a']);
  });

  it('M3 tries nothing behind a failure, also what was checked meanwhile', async () => {
    world.homeFails = (text) => (text === 'a' ? new Error('no answer') : undefined);
    receive(0, ['a', 'b']);
    receive(2, ['c']);
    await settled();
    receive(3, ['d']);
    await settled();
    expect([world.stored, world.toSource]).toEqual([[], [{ chatId, epoch: 1, n: 0, said: 'broken' }]]);
  });

  it('M3 keeps the order of a stream though one check takes longer than the next', async () => {
    receive(0, ['a']);
    await turn();
    receive(1, ['b', 'c']);
    await settled();
    expect(world.stored).toEqual(['a', 'b', 'c']);
  });
});

describe('what is not heard in time', () => {
  it('is stored here, in its order, once; a home that does the same later does it in vain', async () => {
    world.homeStoreIsOpen = false;
    const sent = world.append('a', 'b');
    await settled();
    const [handed] = world.toHome.splice(0);
    world.atHome.receive('source', handed!.stretch, true);
    await settled();
    world.now = answerMaxMs;
    world.source.look();
    expect(outcomes(await sent)).toEqual(['a', 'b']);
    world.openHomeStore();
    await world.pass();
    expect([world.stored, world.said]).toEqual([
      ['a', 'b'],
      ['handed over 2', 'home did not answer', 'taken back 2'],
    ]);
    expect(world.toSource).toEqual([]);
  });

  it('was stored by the home all the same: whoever waits learns that it is there already', async () => {
    const sent = world.append('a');
    await settled();
    world.atHome.receive('source', world.toHome.splice(0)[0]!.stretch, true);
    await settled();
    world.now = answerMaxMs;
    world.source.look();
    expect([outcomes(await sent), world.stored]).toEqual([[expect.any(Seen)], ['a']]);
  });

  it('M3 and stands before something that was heard to be stored, is looked up and never tried behind it', async () => {
    const sent = world.append('a', 'b');
    await settled();
    world.atHome.receive('source', world.toHome.splice(0)[0]!.stretch, true);
    await settled();
    const [, b] = world.broadcasts.splice(0);
    world.source.heard(b!.id, b!.text);
    world.now = answerMaxMs;
    world.source.look();
    expect([outcomes(await sent), world.stored]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('is taken back at once where nobody has taken it, or the home is gone', async () => {
    world.isTaken = false;
    expect(outcomes(await world.append('a'))).toEqual(['a']);
    world.isTaken = true;
    const sent = world.append('b');
    await settled();
    world.isHomeThere = false;
    world.source.look();
    expect([outcomes(await sent), world.stored]).toEqual([['b'], ['a', 'b']]);
  });

  it('M3 what comes after it waits until that is decided', async () => {
    const sent = [world.append('a', 'b')];
    await settled();
    world.isHomeThere = false;
    world.source.look();
    world.isHomeThere = true;
    sent.push(world.append('c'));
    world.toHome.splice(0);
    await settled();
    await world.pass();
    expect(outcomes((await Promise.all(sent)).flat())).toEqual(['a', 'b', 'c']);
    expect(world.stored).toEqual(['a', 'b', 'c']);
  });
});

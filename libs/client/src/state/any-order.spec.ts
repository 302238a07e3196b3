import type { Chat } from '@roost/contract';
import { expect, it } from 'vitest';
import { Random } from '../../../testing/src/random.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { ada } from '../../test/support/model-chat.js';
import { ModelClient } from '../../test/support/model-client.js';
import type { ModelWorld } from '../../test/support/model-world.js';
import { checkStep } from '../../test/support/state-rules.js';
import { StateWalk } from '../../test/support/state-walk.js';
import { History } from '../sync/history.js';
import { Syncer } from '../sync/syncer.js';
import { segmentAt } from './segments.js';
import { chatState, chatIdsOf } from './state.js';
import type { State } from './state.js';

/** One seed alone: `STATE_SEED=7 npx vitest run any-order`. */
const { STATE_SEED } = process.env;
const count = 300;
const seeds = STATE_SEED === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(STATE_SEED)];
const steps = 250;

it.each(seeds)(
  'S1 S3 M3 M5 whatever comes in whatever order, twice, late or never: the state ends as one that reads it all anew, seed %i',
  async (seed) => {
    const random = new Random(seed);
    const walk = new StateWalk(random, seed % 2 === 0);
    for (let step = 0; step < steps; step++) await walk.step();
    walk.calm();
    await complete(walk.client, walk.world);
    const fresh = new ModelClient(1_000, checkStep);
    fresh.dispatch({ type: 'began', userId: ada.id });
    await complete(fresh, walk.world);
    await readAll(fresh, walk.world);
    expectSame(walk.client.getSnapshot(), fresh.getSnapshot());
  },
);

/** As after connecting, and as the watch for gaps does it then. */
async function complete(client: ModelClient, world: ModelWorld): Promise<void> {
  const syncer = new Syncer(client, async (asked, { includeNew }) => world.sync(asked, includeNew, 7), {
    clock: new ManualClock(),
    random: () => 0,
  });
  await syncer.catchUp(new AbortController().signal);
  await syncer.repair(Object.keys(client.getSnapshot().behind));
}

async function readAll(client: ModelClient, world: ModelWorld): Promise<void> {
  const history = new History(client, async (request) => world.list(request));
  for (const chatId of chatIdsOf(client.getSnapshot())) while (await history.loadOlder(chatId));
}

function expectSame(state: State, fresh: State): void {
  expect([state.behind, state.unheard, state.pending, state.changes]).toEqual([{}, {}, {}, {}]);
  expect(state.keptAt).toBeUndefined();
  expect(chatIdsOf(state)).toEqual(chatIdsOf(fresh));
  expect(state.users).toMatchObject(fresh.users);
  for (const chatId of chatIdsOf(fresh)) {
    const [{ chat, segments, ...rest }, known] = [chatState(state, chatId)!, chatState(fresh, chatId)!];
    expect(shown(chat)).toEqual(shown(known.chat));
    for (const { from, to, messages } of segments) {
      const all = segmentAt(known.segments, from)?.messages ?? [];
      expect(messages).toEqual(all.filter(({ seq }) => seq >= from && seq <= to));
    }
    expect(rest).toMatchObject({ earlyMessages: {}, earlyChanges: {}, changesOfAbsent: {}, reads: 0 });
  }
}

/** The people of a chat have no order that one could rely on. */
const shown = ({ members, ...chat }: Chat) => ({
  ...chat,
  members: members?.toSorted((a, b) => a.id.localeCompare(b.id)),
});

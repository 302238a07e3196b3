import { ChatError, RoostClient } from '@roost/client';
import type { RoostClientOptions } from '@roost/client';
import { expect, test as base, vi } from 'vitest';
import { patienceMs } from '../../../../test/support/patience.js';
import type { PageSignal, PageSignals } from '../../src/connection/page-signals.js';
import { Listeners } from '../../src/listeners.js';
import { randomId } from '../../src/random-id.js';
import { realWorld } from '../../src/time.js';
import { MiniReplica } from './mini-replica.js';
import type { ModelChat } from './model-chat.js';
import { Tab, tokenOf } from './tab.js';

/** `test` with tabs of one session, and a replica and a chat for them; each test has its own, so that they can wait side by side. */
export const test = base
  // oxlint-disable-next-line no-empty-pattern -- vitest reads from the pattern which fixtures this one needs
  .extend('replica', async ({}, { onCleanup }) => {
    const replica = await MiniReplica.start();
    onCleanup(() => replica.close());
    return replica;
  })
  .extend('chat', ({ replica }) => replica.chat())
  .extend('token', () => tokenOf(randomId()))
  .extend('open', ({ replica, token }, { onCleanup }) => {
    const all: OpenTab[] = [];
    onCleanup(() => {
      for (const { client, tab } of all) {
        client.close();
        tab.crash();
      }
    });
    return (options: Partial<RoostClientOptions> = {}) => {
      const one = openTab({ url: replica.url, token, ...options });
      all.push(one);
      return one;
    };
  })
  /** Connected one after the other: the first one leads. */
  .extend(
    'openTabs',
    ({ open }) =>
      async <Count extends 2 | 3>(count: Count, options?: Partial<RoostClientOptions>) => {
        const tabs: OpenTab[] = [];
        for (let number = 0; number < count; number++) {
          const tab = open(options);
          await tab.client.connect();
          tabs.push(tab);
        }
        return tabs as unknown as Count extends 2 ? [OpenTab, OpenTab] : [OpenTab, OpenTab, OpenTab];
      },
  );

type OpenTab = ReturnType<typeof openTab>;

/** A tab with its client, and what its page tells it. */
function openTab(options: RoostClientOptions) {
  const tab = new Tab();
  const said = new Listeners<PageSignal>();
  const page: PageSignals = (listener) => said.add(listener);
  const client = new RoostClient(options, { ...realWorld, clock: tab.clock, tabs: tab, page });
  return {
    client,
    tab,
    texts: (chat: ModelChat) => client.view(chat.id)?.messages.map(({ text }) => text),
    say: (signal: PageSignal) => said.tell(signal),
  };
}

export const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: patienceMs, interval: 10 });

export const live = (...tabs: { client: RoostClient }[]) =>
  eventually(() => expect(tabs.map(({ client }) => client.state.name)).toEqual(tabs.map(() => 'live')));

/** The next message has to wait, for longer than any test. */
export const delayNext = (replica: MiniReplica) =>
  replica.refusals.push({
    command: 'message:send',
    error: new ChatError('server/overloaded', { retryAfterMs: 600_000 }),
  });

export const stored = (chat: ModelChat) => chat.messages.map(({ text }) => text);

import { ChatError } from '@roost/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../test/support/manual-clock.js';
import type { SessionReady } from '../connection/state.js';
import { NoAnswer } from '../failures.js';
import type { FollowerSays, LeaderSays } from './message.js';
import { TabHost } from './tab-host.js';

const session = (replica: string) => ({ replica, userId: 'ada' }) as SessionReady;
const chatId = 'c'.repeat(24);

let clock: ManualClock;
let host: TabHost;
let said: LeaderSays[];
let asked: [name: string, request: object, timeoutMs: number][];
/** What the server says to the next command. */
let answer: () => Promise<object>;
let hiddenMs: number;
let goings: Map<string, () => void>;
let gone: number;
let probes: number;
let hints: [name: string, payload: object][];

beforeEach(() => {
  [said, asked, hiddenMs, gone, probes, hints] = [[], [], 0, 0, 0, []];
  goings = new Map();
  clock = new ManualClock(1_000);
  answer = async () => ({ success: true });
  host = new TabHost('leader', {
    say: (message) => said.push(message),
    clock,
    now: () => clock.now(),
    hiddenMs: () => hiddenMs,
    carryOut: (...command) => {
      asked.push(command);
      return answer();
    },
    whenGone: (tab, then) => {
      goings.set(tab, then);
      return () => goings.delete(tab);
    },
    hint: (...hint) => hints.push(hint),
    probe: () => probes++,
    gone: () => gone++,
  });
});

const says = (from: string, message: FollowerSays) => host.heard({ ...message, from });
const hello = (tab = 'tab-1', isSeen = true) => says(tab, { type: 'hello', isSeen });
/** What was said since this was asked the last time. */
const news = () => said.splice(0);

let asks = 0;

async function ask(name: 'chat:join' | 'chat:leave', tab = 'tab-1', until = 3_000, id = `id-${++asks}`) {
  says(tab, { type: 'ask', id, name, request: { chatId }, until });
  await settle();
  return news();
}

describe('the tab that leads', () => {
  it('says nothing where nobody follows', () => {
    host.ready(session('chat-1'));
    host.fact('message:new', { seq: 1 });
    host.lost('transport close');
    expect(said).toEqual([]);
  });

  it('tells those that follow what it hears', () => {
    hello();
    host.ready(session('chat-1'));
    host.fact('session:ready', session('chat-1'));
    host.fact('message:new', { seq: 1 });
    host.lost('transport close');
    host.lost('closed');
    expect(news()).toEqual([
      { type: 'welcome', to: 'tab-1', session: undefined, n: 0, standing: [] },
      { type: 'ready', n: 1, session: session('chat-1') },
      { type: 'fact', n: 2, name: 'message:new', payload: { seq: 1 } },
      { type: 'lost', n: 3, why: 'transport close' },
    ]);
    hello('tab-2');
    expect(news()).toMatchObject([{ type: 'welcome', to: 'tab-2', n: 3 }]);
  });

  it('tells those that come what lasts, until it is over or the connection is another', () => {
    host.ready(session('chat-1'));
    host.fact('server:degraded', { since: 'noon' });
    host.fact('store:unavailable', { since: 'one' });
    host.fact('store:recovered', { since: 'one' });
    hello();
    host.ready(session('chat-2'));
    hello();
    expect(news().filter(({ type }) => type === 'welcome')).toMatchObject([
      { session: session('chat-1'), standing: [['server:degraded', { since: 'noon' }]] },
      { session: session('chat-2'), standing: [] },
    ]);
  });

  it('H9 finds out whether the connection is still there where another tab has reason to doubt it', () => {
    says('tab-1', { type: 'probe' });
    expect(probes).toBe(1);
  });

  it('asks to be replaced where nobody has seen it for minutes, by one that is seen', () => {
    hiddenMs = 240_001;
    hello('unseen', false);
    hello('seen', true);
    expect(news().map(({ type }) => type)).toEqual(['welcome', 'yours']);
  });

  it('notices the end of each tab once, whether it followed or not, until it leads no more', () => {
    host.watch('stranger');
    hello();
    hello();
    goings.get('tab-1')?.();
    goings.get('stranger')?.();
    expect(gone).toBe(2);
    host.fact('message:new', { seq: 1 });
    expect(news().map(({ type }) => type)).toEqual(['welcome', 'welcome']);
    hello('tab-2');
    host.close();
    expect([...goings.keys()]).not.toContain('tab-2');
  });
});

/** The same command once more. */
const again = () => ask('chat:join', 'tab-1', 3_000, 'mine');

describe('a command of another tab', () => {
  it('is asked of the server within the time that is left, and answered with what that says', async () => {
    expect(await ask('chat:join', 'tab-1', 3_000, 'mine')).toEqual([
      { type: 'answer', id: 'mine', answer: { reply: { success: true } } },
    ]);
    expect(asked).toEqual([['chat:join', { chatId }, 2_000]]);
    const refusal = { success: false, code: 'chat/on_holiday' as never, error: 'On Monday', retryable: true } as const;
    answer = () => Promise.reject(ChatError.fromRefusal({ ...refusal, retryAfterMs: 7 }));
    expect(await ask('chat:join')).toMatchObject([{ answer: { refusal: { ...refusal, retryAfterMs: 7 } } }]);
    answer = () => Promise.reject(new NoAnswer('chat:join', 'timeout'));
    expect(await ask('chat:join')).toMatchObject([{ answer: { none: 'timeout' } }]);
    answer = () => Promise.reject(new TypeError('a defect'));
    expect(await ask('chat:join')).toMatchObject([{ answer: { refusal: { code: 'server/internal' } } }]);
  });

  it('that is asked again is carried out once, and answered again', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    answer = () => promise;
    expect([await again(), await again()]).toEqual([[], []]);
    resolve({ success: true });
    await settle();
    expect(news()).toHaveLength(1);
    expect(await again()).toEqual([{ type: 'answer', id: 'mine', answer: { reply: { success: true } } }]);
    expect(asked).toHaveLength(1);
    await clock.advance(2_000);
    expect(await again()).toEqual([]);
  });

  it('that nobody waits for any more is not carried out', async () => {
    expect(await ask('chat:join', 'tab-1', 1_000)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('C2 leaves a chat on the server when no tab has it open, this one included', async () => {
    await ask('chat:join', 'tab-1');
    await ask('chat:join', 'tab-2');
    expect(host.asked('chat:join', { chatId })).toBeUndefined();
    asked = [];
    const left = { success: true, message: `Left chat ${chatId}` };
    expect(host.asked('chat:leave', { chatId })).toEqual(left);
    expect(await ask('chat:leave', 'tab-1')).toMatchObject([{ answer: { reply: left } }]);
    expect(asked).toEqual([]);
    await ask('chat:leave', 'tab-2');
    expect(asked.map(([name]) => name)).toEqual(['chat:leave']);
  });

  it.each(['closes', 'is gone'])('C2 does not keep a chat open for a tab that %s', async (end) => {
    const ends = (tab: string) => (end === 'closes' ? says(tab, { type: 'bye' }) : goings.get(tab)?.());
    for (const tab of ['tab-1', 'tab-2']) {
      hello(tab);
      await ask('chat:join', tab);
    }
    asked = [];
    ends('tab-1');
    expect(asked).toEqual([]);
    ends('tab-2');
    expect(asked).toEqual([['chat:leave', { chatId }, 10_000]]);
  });
});

const presence = (tab: string, state: 'online' | 'away') =>
  says(tab, { type: 'hint', name: 'presence:set', payload: { state } });

describe('a hint of another tab', () => {
  it('R4 is said to the server', () => {
    says('tab-1', { type: 'hint', name: 'typing:start', payload: { chatId } });
    host.hint('leader', 'typing:stop', { chatId });
    expect(hints).toEqual([
      ['typing:start', { chatId }],
      ['typing:stop', { chatId }],
    ]);
  });

  it('R3 says that nobody is there where nobody is at any tab, and says it again to another connection', () => {
    hello('tab-1');
    host.hint('leader', 'presence:set', { state: 'away' });
    expect(hints).toEqual([]);
    presence('tab-1', 'away');
    presence('tab-1', 'away');
    expect(hints.splice(0)).toEqual([['presence:set', { state: 'away' }]]);
    host.ready(session('chat-2'));
    expect(hints.splice(0)).toEqual([['presence:set', { state: 'away' }]]);
    hello('tab-1');
    hello('tab-2');
    expect(hints.splice(0)).toEqual([['presence:set', { state: 'online' }]]);
    says('tab-2', { type: 'bye' });
    expect(hints.splice(0)).toEqual([['presence:set', { state: 'away' }]]);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import type { SessionReady } from '../connection/state.js';
import type { FollowerSays, LeaderSays } from './message.js';
import { TabLink } from './tab-link.js';

const session = (replica: string) => ({ replica, userId: 'ada' }) as SessionReady;
const chatId = 'c'.repeat(24);

let clock: ManualClock;
let said: FollowerSays[];
let happened: unknown[];
let link: TabLink;
/** What was told to all so far. */
let n: number;

beforeEach(() => {
  clock = new ManualClock();
  said = [];
  happened = [];
  n = 0;
  link = new TabLink(
    clock,
    {
      say: (message) => said.push(message),
      now: () => clock.now(),
      isSeen: () => true,
      leaderIsGone: (isGone) => happened.push(isGone ? 'leader is gone' : 'leader is there'),
      closed: () => happened.push('closed'),
    },
    {
      ready: ({ replica }) => happened.push(`ready ${replica}`),
      fact: (name, payload) => happened.push(name === 'session:ready' ? name : [name, payload]),
      hung: () => happened.push('hung'),
      ended: ({ kind, error }) => happened.push([kind, (error.cause as Error).message]),
    },
  );
});

const says = (from: string, message: LeaderSays) => link.heard({ ...message, from });
const welcome = (replica?: string, standing: [string, unknown][] = [], from = 'leader') =>
  says(from, { type: 'welcome', to: 'me', n, standing, ...(replica && { session: session(replica) }) });
const fact = (payload: unknown, from = 'leader') => says(from, { type: 'fact', n: ++n, name: 'message:new', payload });
const ready = (replica: string) => says('leader', { type: 'ready', n: ++n, session: session(replica) });
/** How often it has said so since this was asked the last time. */
const hellos = () => said.splice(0).filter(({ type }) => type === 'hello').length;
/** What has happened since this was asked the last time. */
const news = () => happened.splice(0);
const askedId = () => said.flatMap((one) => (one.type === 'ask' ? one.id : []))[0]!;

describe('a link to the tab that leads', () => {
  it('asks who leads, and is ready when that tab is connected', () => {
    expect(said).toEqual([{ type: 'hello', isSeen: true }]);
    welcome();
    expect(news()).toEqual(['leader is there']);
    ready('chat-1');
    expect(news()).toEqual(['ready chat-1', 'session:ready']);
  });

  it('is told what lasts, and is ready once for one connection', () => {
    welcome('chat-1', [['server:degraded', { since: 'noon' }]]);
    welcome('chat-1');
    expect(news().filter((one) => one !== 'leader is there')).toEqual([
      'ready chat-1',
      'session:ready',
      ['server:degraded', { since: 'noon' }],
    ]);
    welcome('chat-2');
    ready('chat-2');
    expect(news().filter((one) => String(one).startsWith('ready'))).toEqual(['ready chat-2', 'ready chat-2']);
  });

  it('passes on facts when it is ready, and of no other tab', () => {
    says('stranger', { type: 'fact', n: 9, name: 'message:new', payload: 0 });
    welcome();
    fact(1);
    welcome('chat-1');
    news();
    fact(2);
    says('stranger', { type: 'fact', n: 9, name: 'message:new', payload: 3 });
    says('stranger', { type: 'lost', n: 9, why: 'envy' });
    expect(news()).toEqual([['message:new', 2]]);
  });

  it.each<[string, () => void, string]>([
    ['loses its connection', () => says('leader', { type: 'lost', n: ++n, why: 'transport close' }), 'transport close'],
    ['has none any more', () => welcome(), 'The tab with the connection has lost it'],
    ['is another one', () => says('next', { type: 'leads' }), 'Another tab has the connection now'],
  ])('is lost when that tab %s, with whatever was asked', async (_, happens, why) => {
    welcome('chat-1');
    const asked = link.command('chat:leave', { chatId }, 10_000);
    news();
    happens();
    await expect(asked).rejects.toMatchObject({ name: 'NoAnswer', reason: 'disconnected' });
    expect(news()).toEqual(expect.arrayContaining(['closed', ['lost', why]]));
    fact(1);
    says('last', { type: 'leads' });
    expect([news(), said.filter(({ type }) => type === 'hello').length]).toEqual([[], 1]);
  });

  it('passes on that there is reason to doubt the connection', () => {
    welcome('chat-1');
    said.length = 0;
    link.probe();
    expect(said.map(({ type }) => type)).toEqual(['probe', 'hello']);
  });

  it('passes on hints, and waits for no answer', () => {
    said.length = 0;
    link.hint('typing:start', { chatId });
    expect(said).toEqual([{ type: 'hint', name: 'typing:start', payload: { chatId } }]);
  });

  it('asks anew when a tab says that it leads and nobody has answered yet', () => {
    says('leader', { type: 'leads' });
    expect(said.map(({ type }) => type)).toEqual(['hello', 'hello']);
  });
});

describe('a command', () => {
  it('is answered with the reply, the refusal in its own words, or with nothing', async () => {
    welcome('chat-1');
    const ask = () => {
      said.length = 0;
      return link.command('message:send', { chatId, text: 'Hello', clientMessageId: 'mine' }, 3_000);
    };
    const replied = ask();
    expect(said).toMatchObject([{ type: 'ask', name: 'message:send', until: clock.now() + 3_000 }]);
    says('leader', { type: 'answer', id: askedId(), answer: { reply: { success: true } } });
    expect(await replied).toEqual({ success: true });
    const refused = ask();
    const refusal = { success: false, code: 'chat/on_holiday' as never, error: 'On Monday', retryable: true } as const;
    says('leader', { type: 'answer', id: askedId(), answer: { refusal } });
    await expect(refused).rejects.toMatchObject({ code: 'chat/on_holiday', message: 'On Monday', retryable: true });
    const lost = ask();
    says('leader', { type: 'answer', id: askedId(), answer: { none: 'disconnected' } });
    await expect(lost).rejects.toMatchObject({ reason: 'disconnected', clientMessageId: 'mine' });
    const late = ask();
    const failed = expect(late).rejects.toMatchObject({ reason: 'timeout', clientMessageId: 'mine' });
    await clock.advance(3_000);
    await failed;
    says('leader', { type: 'answer', id: askedId(), answer: { reply: {} } });
  });

  it('on its way is waited for when another link takes over', async () => {
    welcome('chat-1');
    const asked = link.command('chat:leave', { chatId }, 10_000);
    link.retire();
    news();
    fact(1);
    expect(news()).toEqual([]);
    says('leader', { type: 'answer', id: askedId(), answer: { reply: { message: 'Left' } } });
    expect(await asked).toEqual({ message: 'Left' });
    expect(news()).toEqual(['closed']);
  });
});

describe('what browsers lose', () => {
  it('is no hello: it is said again until it is answered', async () => {
    await clock.advance(1_400);
    expect(hellos()).toBe(3);
    welcome();
    await clock.advance(1_400);
    expect(hellos()).toBe(0);
    link.probe();
    await clock.advance(900);
    link.close();
    await clock.advance(5_000);
    expect(hellos()).toBe(2);
  });

  it('is no command: it is asked again under the same id until it is answered', async () => {
    welcome('chat-1');
    const asked = link.command('chat:leave', { chatId }, 60_000);
    await clock.advance(4_000);
    const asks = said.filter(({ type }) => type === 'ask');
    expect(asks).toHaveLength(5);
    expect(new Set(asks.map((one) => JSON.stringify(one))).size).toBe(1);
    says('leader', { type: 'answer', id: askedId(), answer: { reply: {} } });
    await asked;
    said.length = 0;
    await clock.advance(3_000);
    expect(said.map(({ type }) => type)).not.toContain('ask');
  });

  it('is no fact: where one is missing it is ready anew, for what is above asks for everything then', () => {
    welcome('chat-1');
    fact(1);
    n++;
    news();
    fact(3);
    fact(4);
    expect(news()).toEqual([]);
    welcome('chat-1');
    expect(news()).toEqual(['leader is there', 'ready chat-1', 'session:ready']);
    fact(5);
    n++;
    welcome('chat-1');
    expect(news()).toEqual([['message:new', 5], 'leader is there', 'ready chat-1', 'session:ready']);
  });

  it('is no change of the leader: another one that answers instead of it leads', () => {
    welcome('chat-1');
    news();
    welcome('chat-2', [], 'next');
    expect(news()).toEqual([]);
    link.probe();
    welcome('chat-2', [], 'next');
    expect(news()).toEqual(['closed', ['lost', 'Another tab has the connection now']]);
  });
});

describe('a tab that leads and says nothing', () => {
  it('is as good as gone within 2 s where it never answered', async () => {
    await clock.advance(2_000);
    expect(news()).toEqual(['leader is gone', 'closed', ['lost', 'The tab with the connection does not answer']]);
  });

  it('is so within 6 s, and within 4 where an answer is due; the link goes on until there is another', async () => {
    welcome('chat-1');
    news();
    await clock.advance(5_999);
    expect(news()).toEqual([]);
    await clock.advance(1);
    expect([news(), link.isHung]).toEqual([['leader is gone', 'hung'], true]);
    welcome('chat-1');
    expect([news(), link.isHung]).toEqual([['leader is there'], false]);
    const asked = link.command('chat:leave', { chatId }, 60_000);
    await clock.advance(3_500);
    expect(news()).toEqual(['leader is gone', 'hung']);
    link.close();
    await expect(asked).rejects.toMatchObject({ reason: 'disconnected' });
  });

  it('is not so where it was this tab that stood still', async () => {
    welcome('chat-1');
    news();
    clock.standStill(60_000);
    await clock.advance(1_000);
    welcome('chat-1');
    await clock.advance(3_000);
    expect(news()).toEqual(['leader is there']);
  });

  it('is replaced where it asks for that', () => {
    welcome('chat-1');
    news();
    says('leader', { type: 'yours', to: 'me' });
    expect([news(), link.isHung]).toEqual([['leader is gone', 'hung'], false]);
  });
});

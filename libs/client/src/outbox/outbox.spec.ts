import { ChatError } from '@roost/contract';
import type { Message } from '@roost/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../test/support/manual-clock.js';
import { ada, chatId } from '../../test/support/model-chat.js';
import { NoAnswer } from '../failures.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import type { ClientStorage } from '../storage/storage.js';
import type { Act, Draft, DraftOwners } from './draft.js';
import { Outbox } from './outbox.js';

const otherChatId = 'd'.repeat(24);
const createdAt = '2026-01-01T00:00:00.000Z';

const noAnswer = new NoAnswer('message:send', 'timeout');
const cut = new NoAnswer('message:send', 'disconnected');
const refusedForGood = new ChatError('chat/access_denied');

/** One attempt to send, answered when the test says so. */
interface Attempt {
  readonly text: string;
  readonly id: string;
  readonly store: (duplicate?: true) => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

let clock: ManualClock;
let drafts: ClientStorage;
let isOnline: boolean;
let attempts: Attempt[];
let stored: string[];
let outbox: Outbox;

beforeEach(() => {
  clock = new ManualClock();
  drafts = new MemoryStorage();
  isOnline = true;
  [attempts, stored] = [[], []];
  outbox = newOutbox();
});

function newOutbox(random = 0.5, owners?: DraftOwners): Outbox {
  return new Outbox(
    drafts,
    {
      isOnline: () => isOnline,
      send: (draft) =>
        new Promise((resolve, reject) => {
          const store = (duplicate?: true) => (resolve({ message: messageOf(draft), duplicate }), settle());
          const fail = (error: Error) => (reject(error), settle());
          attempts.push({ text: textOf(draft), id: draft.id, store, fail });
        }),
      sendAlone: (draft) =>
        new Promise((resolve, reject) => {
          const store = () => (resolve({ message: messageOf(draft) }), settle());
          const fail = (error: Error) => (reject(error), settle());
          attempts.push({ text: `${textOf(draft)} alone`, id: draft.id, store, fail });
        }),
      made: ({ command }) => stored.push(command),
      kept: () => Promise.resolve(),
      stored: (_, { text }) => stored.push(text),
    },
    { clock, random: () => random },
    owners,
  );
}

/** The outbox of a tab, in a browser where these others are there. */
const outboxOf = (id: string, others: ReadonlySet<string>): Outbox =>
  newOutbox(0.5, { id, alone: (work) => work((tab) => tab !== id && !others.has(tab ?? '')) });

/** What is written, or what is to be done. */
const textOf = ({ command, request }: Draft): string => (command === 'message:send' ? request.text : command);

function messageOf({ id: clientMessageId, chatId: chat, ...draft }: Pick<Draft, 'id' | 'chatId'> & Act): Message {
  const text = draft.command === 'message:send' ? draft.request.text : '';
  return { id: 'e'.repeat(24), chatId: chat, seq: 1, sender: ada, type: 'text', text, clientMessageId, createdAt };
}

/** A message of this person's, as it is in the chat. */
const own = (id: string) =>
  messageOf({ id, chatId, command: 'message:send', request: { chatId, text: 'Hello', clientMessageId: id } });

/** For tests that look at what becomes of it, and do not wait. */
const write = (...draft: Parameters<Outbox['add']>) => {
  outbox.add(...draft).catch(() => undefined);
};

const sentTexts = () => attempts.map(({ text }) => text);
const stages = (chat = chatId) => outbox.pending(chat).map(({ text, stage }) => `${text}: ${stage}`);
const kept = async () => Array.from(await drafts.load(), ([, draft]) => textOf(draft as Draft));
const tabsOfDrafts = async () => Array.from(await drafts.load(), ([, draft]) => (draft as Draft).tab);

/** The newest attempt. */
function last(): Attempt {
  const attempt = attempts.at(-1);
  if (!attempt) throw new Error('nothing was sent');
  return attempt;
}

describe('a message', () => {
  it('is stored first, then sent, and forgotten when it is acknowledged', async () => {
    const puts: (() => void)[] = [];
    const put = drafts.put.bind(drafts);
    drafts.put = (...value) => new Promise((resolve) => puts.push(() => resolve(put(...value))));
    const sent = outbox.add(chatId, 'Hello');
    await settle();
    expect([sentTexts(), stages()]).toEqual([[], ['Hello: storing']]);
    puts[0]?.();
    await settle();
    expect([sentTexts(), stages()]).toEqual([['Hello'], ['Hello: sending']]);
    await last().store();
    expect((await sent).message.text).toBe('Hello');
    expect([stages(), await kept(), stored]).toEqual([[], [], ['Hello']]);
  });

  it('M5 is repeated with the same id until it is acknowledged', async () => {
    const sent = outbox.add(chatId, 'Hello');
    await settle();
    for (let attempt = 1; attempt <= 6; attempt++) {
      await last().fail(noAnswer);
      expect(stages()).toEqual(['Hello: waiting']);
      await clock.advance(15_000);
      expect(attempts).toHaveLength(attempt + 1);
    }
    await last().store(true);
    expect(await sent).toMatchObject({ duplicate: true });
    expect(new Set(attempts.map(({ id }) => id)).size).toBe(1);
  });

  it('waits as long as the server asks for, and somewhat longer', async () => {
    write(chatId, 'Hello');
    await settle();
    await last().fail(new ChatError('rate/limited', { retryAfterMs: 2_000 }));
    await clock.advance(2_249);
    expect(attempts).toHaveLength(1);
    await clock.advance(1);
    expect(attempts).toHaveLength(2);
  });

  it('is sent at once when the connection is back', async () => {
    write(chatId, 'Hello');
    await settle();
    isOnline = false;
    await last().fail(cut);
    await clock.advance(600_000);
    expect(attempts).toHaveLength(1);
    isOnline = true;
    outbox.wake();
    expect(attempts).toHaveLength(2);
  });

  it('is sent soon when messages are being stored again, but only once where that does not help', async () => {
    write(chatId, 'Hello');
    await settle();
    for (let attempt = 1; attempt <= 6; attempt++) {
      await last().fail(new ChatError('store/unavailable'));
      await clock.advance(attempt < 6 ? 15_000 : 0);
    }
    outbox.hasten();
    await clock.advance(500);
    expect(attempts).toHaveLength(7);
    await last().fail(new ChatError('store/unavailable'));
    outbox.hasten();
    await clock.advance(1_000);
    expect(attempts).toHaveLength(7);
  });

  it('keeps the pause that the server asked for, also when messages are being stored', async () => {
    write(chatId, 'Hello');
    await settle();
    await last().fail(new ChatError('rate/limited', { retryAfterMs: 5_000 }));
    outbox.hasten();
    await clock.advance(4_999);
    expect(attempts).toHaveLength(1);
  });

  it('M15 waits out a server that has too much to do, and those behind it keep their order', async () => {
    for (const text of ['one', 'two', 'three']) write(chatId, text);
    await settle();
    for (let refusal = 0; refusal < 3; refusal++) {
      await last().fail(new ChatError('server/overloaded', { retryAfterMs: 3_000 }));
      outbox.hasten();
      await clock.advance(2_999);
      expect(attempts).toHaveLength(refusal + 1);
      await clock.advance(15_000);
    }
    for (let sent = 0; sent < 3; sent++) await last().store();
    expect([sentTexts().slice(3), stored]).toEqual([
      ['one', 'two', 'three'],
      ['one', 'two', 'three'],
    ]);
  });

  it('G4 goes within a second when the store is back, however long it was to wait, each time', async () => {
    write(chatId, 'Hello');
    await settle();
    for (let outage = 1; outage <= 2; outage++) {
      for (let attempt = 1; attempt <= 6; attempt++) {
        await last().fail(new ChatError('store/unavailable', { retryAfterMs: 5_000 }));
        if (attempt < 6) await clock.advance(60_000);
      }
      outbox.storeRecovered();
      const before = attempts.length;
      await clock.advance(1_000);
      expect(attempts).toHaveLength(before + 1);
    }
  });

  it('G4 that is refused once more after the store came back waits as if it were the first time', async () => {
    write(chatId, 'Hello');
    await settle();
    for (let attempt = 1; attempt <= 6; attempt++) {
      await last().fail(new ChatError('store/unavailable'));
      await clock.advance(60_000);
    }
    outbox.storeRecovered();
    await last().fail(new ChatError('store/unavailable'));
    const before = attempts.length;
    await clock.advance(500);
    expect(attempts).toHaveLength(before + 1);
  });

  it('A5 that came too often is not sent earlier because the store is back', async () => {
    write(chatId, 'Hello');
    await settle();
    await last().fail(new ChatError('rate/limited', { retryAfterMs: 5_000 }));
    outbox.storeRecovered();
    await clock.advance(4_900);
    expect(attempts).toHaveLength(1);
  });

  it('shows those of other chats that messages are being stored again', async () => {
    for (const chat of [chatId, otherChatId]) write(chat, chat);
    await settle();
    const [first, second] = attempts;
    for (let attempt = 1; attempt <= 6; attempt++) {
      await attempts.findLast(({ id }) => id === second!.id)!.fail(new ChatError('store/unavailable'));
      await clock.advance(attempt < 6 ? 15_000 : 0);
    }
    await first!.store();
    await clock.advance(500);
    expect(attempts).toHaveLength(8);
  });

  it('with an id that waits already is not sent twice', async () => {
    const first = outbox.add(chatId, 'Hello', { clientMessageId: 'mine' });
    const second = outbox.add(chatId, 'Hello', { clientMessageId: 'mine' });
    await settle();
    await last().store();
    expect(await second).toBe(await first);
    expect(attempts).toHaveLength(1);
  });

  it('M5 with the id of another one that waits is refused, and that one is not sent in its place', async () => {
    write(chatId, 'Hello');
    const id = outbox.all[0]!.clientMessageId;
    const reused = { code: 'message/client_id_reused' };
    await expect(outbox.add(otherChatId, 'Hello', { clientMessageId: id })).rejects.toMatchObject(reused);
    await expect(outbox.add(chatId, 'Bye', { clientMessageId: id })).rejects.toMatchObject(reused);
    expect(outbox.all.map(({ text }) => text)).toEqual(['Hello']);
  });

  it('is kept and sent as it was when it was written, whatever the caller does with what they gave, or gave', async () => {
    const mentions = [ada.id];
    // As Vue and Svelte have it.
    const watched = new Proxy(mentions, {});
    void outbox.add(chatId, 'Hello', { mentions: watched });
    mentions.length = 0;
    await settle();
    expect(outbox.all[0]?.mentions).toEqual([ada.id]);
    expect(() => structuredClone(outbox.all)).not.toThrow();
  });

  it('M8 that no server takes is refused at once, and not kept: it would be sent for ever', async () => {
    const most = '\u{1F98A}'.repeat(8_000);
    write(chatId, most);
    const details = [{ path: 'text', message: 'must be at most 8000 characters, and has 8001' }];
    await expect(outbox.add(chatId, `${most}!`)).rejects.toMatchObject({
      code: 'request/invalid',
      extras: { details },
    });
    await settle();
    expect([sentTexts(), await kept()]).toEqual([[most], [most]]);
    // Composed they are as many as are allowed.
    write(otherChatId, 'e\u0301'.repeat(8_000));
    await settle();
    expect(attempts).toHaveLength(2);
  });

  it('that is discarded while it is being kept is neither sent nor found by the next start', async () => {
    const puts: (() => void)[] = [];
    const put = drafts.put.bind(drafts);
    drafts.put = (...value) => new Promise((resolve) => puts.push(() => resolve(put(...value))));
    write(chatId, 'Hello', { clientMessageId: 'mine' });
    await settle();
    const discarded = outbox.discard('mine');
    puts[0]?.();
    await discarded;
    expect([sentTexts(), stages(), await kept()]).toEqual([[], [], []]);
  });

  it('of an earlier run is cleared as well, where that had not been read yet', async () => {
    write(chatId, 'Hello');
    await settle();
    outbox = newOutbox();
    await outbox.clear();
    expect([stages(), await kept()]).toEqual([[], []]);
  });

  it('M5 that is found in the chat is done, whatever becomes of the attempt', async () => {
    const sent = outbox.add(chatId, 'Hello', { clientMessageId: 'mine' });
    await settle();
    outbox.confirm(own('mine'));
    expect(await sent).toMatchObject({ message: { text: 'Hello' } });
    await last().fail(noAnswer);
    await clock.advance(60_000);
    expect([attempts.length, stages(), await kept(), stored]).toEqual([1, [], [], ['Hello']]);
  });

  it('M5 that another device sent is done before it was tried here', async () => {
    await outbox.restore();
    isOnline = false;
    const sent = outbox.add(chatId, 'Hello', { clientMessageId: 'mine' });
    await settle();
    outbox.confirm(own('mine'));
    expect(await sent).toMatchObject({ message: { text: 'Hello' } });
    isOnline = true;
    outbox.wake();
    expect([attempts.length, stages(), await kept()]).toEqual([0, [], []]);
  });
});

describe('order', () => {
  it('is kept in a chat, whatever has to be repeated', async () => {
    for (const text of ['one', 'two', 'three']) write(chatId, text);
    await settle();
    expect(sentTexts()).toEqual(['one']);
    await last().fail(noAnswer);
    await clock.advance(1_000);
    await last().store();
    await last().store();
    expect(sentTexts()).toEqual(['one', 'one', 'two', 'three']);
  });

  it('of one chat does not hold up another', async () => {
    write(chatId, 'one');
    write(otherChatId, 'two');
    await settle();
    expect(sentTexts()).toEqual(['one', 'two']);
  });
});

const edit = () => outbox.change(chatId, 'message:edit', { messageId: 'e'.repeat(24), text: 'edited' });
const shown = () => outbox.changes(chatId).map(({ command, stage }) => `${command}: ${stage}`);

describe('A7 a change', () => {
  it('waits for its turn among what one says there, and is repeated under one name until it is made', async () => {
    write(chatId, 'one');
    const made = edit();
    write(chatId, 'two');
    await settle();
    expect([sentTexts(), shown(), stages()]).toEqual([
      ['one'],
      ['message:edit: waiting'],
      ['one: sending', 'two: waiting'],
    ]);
    await last().store();
    await last().fail(noAnswer);
    await clock.advance(1_000);
    await last().store();
    await made;
    expect(sentTexts()).toEqual(['one', 'message:edit', 'message:edit', 'two']);
    expect(attempts[1]!.id).toBe(attempts[2]!.id);
    expect([shown(), stored]).toEqual([[], ['one', 'message:edit']]);
  });

  it('survives the end of the program, and stays with its reason where it is refused', async () => {
    isOnline = false;
    edit().catch(() => undefined);
    await settle();
    outbox = newOutbox();
    await outbox.restore();
    expect(shown()).toEqual(['message:edit: waiting']);
    isOnline = true;
    outbox.wake();
    await last().fail(refusedForGood);
    const [change] = outbox.changes(chatId);
    expect(change).toMatchObject({ stage: 'failed', error: { code: 'chat/access_denied' } });
    const again = outbox.retry(change!.id);
    await settle();
    await last().store();
    await again;
    expect([shown(), await kept()]).toEqual([[], []]);
  });

  it('M8 to a text that no server takes is refused at once', async () => {
    const text = 'x'.repeat(8_001);
    const edited = outbox.change(chatId, 'message:edit', { messageId: 'e'.repeat(24), text });
    await expect(edited).rejects.toMatchObject({ code: 'request/invalid' });
    expect(shown()).toEqual([]);
  });
});

describe('a final refusal', () => {
  it('gives the message back with the error, and lets the next one go', async () => {
    const refused = outbox.add(chatId, 'one');
    write(chatId, 'two');
    await settle();
    await last().fail(refusedForGood);
    await expect(refused).rejects.toBe(refusedForGood);
    expect(stages()).toEqual(['one: failed', 'two: sending']);
    expect(outbox.pending(chatId)[0]?.error).toMatchObject({ code: 'chat/access_denied', retryable: false });
    expect(await kept()).toEqual(['one', 'two']);
  });

  it('can be retried, or discarded', async () => {
    const refused = outbox.add(chatId, 'one', { clientMessageId: 'first' });
    await settle();
    await last().fail(refusedForGood);
    await expect(refused).rejects.toBe(refusedForGood);
    const again = outbox.retry('first');
    await settle();
    expect(stages()).toEqual(['one: sending']);
    await last().fail(refusedForGood);
    await expect(again).rejects.toBe(refusedForGood);
    await outbox.discard('first');
    expect([stages(), await kept()]).toEqual([[], []]);
  });

  it('keeps its place before those that were written since, where it is retried without a connection', async () => {
    outbox.add(chatId, 'one', { clientMessageId: 'first' }).catch(() => undefined);
    await settle();
    await last().fail(refusedForGood);
    isOnline = false;
    write(chatId, 'two');
    outbox.retry('first')?.catch(() => undefined);
    await settle();
    isOnline = true;
    outbox.wake();
    await last().store();
    await last().store();
    expect(stored).toEqual(['one', 'two']);
  });

  it('is sent once, however often somebody asks for it again', async () => {
    const sent = outbox.add(chatId, 'one', { clientMessageId: 'first' });
    await settle();
    expect(outbox.retry('first')).toBe(sent);
    await last().fail(noAnswer);
    outbox.retry('first')?.catch(() => undefined);
    await clock.advance(1_000);
    await last().store();
    await clock.advance(60_000);
    expect([sentTexts(), stored]).toEqual([['one', 'one'], ['one']]);
  });

  it('is what a fault becomes that comes again and again', async () => {
    const poison = outbox.add(chatId, 'one');
    write(chatId, 'two');
    await settle();
    for (let attempt = 1; attempt <= 5; attempt++) {
      await last().fail(new ChatError('server/internal'));
      await clock.advance(15_000);
    }
    await expect(poison).rejects.toMatchObject({ code: 'server/internal' });
    expect(stages()).toEqual(['one: failed', 'two: sending']);
  });

  it('is not the end of a session: who signs in again sends what is left', async () => {
    write(chatId, 'one');
    await settle();
    await last().fail(new ChatError('auth/session_revoked'));
    expect(stages()).toEqual(['one: waiting']);
  });
});

/** It is sent, and the connection ends with it; there is another one then. */
async function cutTwice(text: string) {
  for (const _ of ['once', 'twice']) {
    isOnline = false;
    await attempts.findLast((attempt) => attempt.text === text)!.fail(cut);
    isOnline = true;
    outbox.wake();
  }
}

describe('a message that ends the connection whenever it is sent', () => {
  it('goes alone and last from the third time on, and then stays with a reason', async () => {
    const poison = outbox.add(chatId, 'poison');
    write(otherChatId, 'one');
    write(chatId, 'behind it');
    await settle();
    const [, one] = attempts;
    await cutTwice('poison');
    expect(sentTexts()).toEqual(['poison', 'one', 'poison']);
    await one!.store();
    expect(sentTexts().at(-1)).toBe('poison alone');
    await last().fail(cut);
    await clock.advance(15_000);
    expect(sentTexts().slice(-2)).toEqual(['poison alone', 'poison alone']);
    await last().fail(cut);
    await expect(poison).rejects.toMatchObject({
      code: 'server/unreachable',
      retryable: false,
      message: 'The connection ended each time this message was sent',
    });
    expect(stages()).toEqual(['poison: failed', 'behind it: sending']);
  });

  it('is stored where it was innocent, and is blamed for no network that was away altogether', async () => {
    const sent = outbox.add(chatId, 'Hello');
    await settle();
    await cutTwice('Hello');
    for (let attempt = 1; attempt <= 5; attempt++) {
      isOnline = false;
      await last().fail(cut);
      isOnline = true;
      outbox.wake();
      expect(sentTexts().at(-1)).toBe('Hello alone');
    }
    await last().store();
    expect(await sent).toMatchObject({ message: { text: 'Hello' } });
  });
});

describe('a restart', () => {
  it('goes on with what was left, in the order in which it was written', async () => {
    isOnline = false;
    for (const text of ['one', 'two']) write(chatId, text);
    await settle();
    outbox = newOutbox();
    write(chatId, 'three');
    await outbox.restore();
    await settle();
    expect(stages()).toEqual(['one: waiting', 'two: waiting', 'three: waiting']);
    isOnline = true;
    outbox.wake();
    for (const _ of ['one', 'two', 'three']) await last().store();
    expect(sentTexts()).toEqual(['one', 'two', 'three']);
    expect(await kept()).toEqual([]);
  });

  it('does not send what was refused for good', async () => {
    write(chatId, 'one');
    await settle();
    await last().fail(refusedForGood);
    outbox = newOutbox();
    await outbox.restore();
    await settle();
    expect(stages()).toEqual(['one: failed']);
    expect(outbox.all[0]?.error?.code).toBe('chat/access_denied');
    expect(attempts).toHaveLength(1);
  });
});

describe('of several tabs with one storage, one', () => {
  let tabs: Set<string>;

  beforeEach(() => {
    tabs = new Set(['mine', 'other']);
    isOnline = false;
  });

  it('leaves to the others what is theirs, and takes up what nobody has', async () => {
    const before = newOutbox();
    before.add(chatId, 'of nobody').catch(() => undefined);
    outboxOf('other', tabs)
      .add(chatId, 'of the other')
      .catch(() => undefined);
    await settle();
    outbox = outboxOf('mine', tabs);
    await outbox.restore();
    expect(stages()).toEqual(['of nobody: waiting']);
    expect(new Set(await tabsOfDrafts())).toEqual(new Set(['mine', 'other']));
  });

  it('takes up what another left that is gone, in order, and goes on with its own', async () => {
    const gone = outboxOf('other', tabs);
    for (const text of ['one', 'two', 'three']) gone.add(chatId, text).catch(() => undefined);
    await settle();
    // As a database gives them: by their ids, which are random.
    const load = drafts.load.bind(drafts);
    drafts.load = async () => new Map([...(await load())].toReversed());
    outbox = outboxOf('mine', tabs);
    isOnline = true;
    write(chatId, 'mine');
    await settle();
    expect(sentTexts()).toEqual(['mine']);
    tabs.delete('other');
    await outbox.takeUp();
    for (let left = 4; left > 0; left--) await last().store();
    expect(sentTexts()).toEqual(['mine', 'one', 'two', 'three']);
    expect([await kept(), stages()]).toEqual([[], []]);
  });

  it('takes up nothing twice, and nothing of its own that it has discarded meanwhile', async () => {
    outbox = outboxOf('mine', tabs);
    write(chatId, 'mine', { clientMessageId: 'mine' });
    outboxOf('other', tabs)
      .add(chatId, 'one')
      .catch(() => undefined);
    await settle();
    tabs.delete('other');
    const load = drafts.load.bind(drafts);
    drafts.load = async () => {
      const found = await load();
      await outbox.discard('mine');
      return found;
    };
    await Promise.all([outbox.takeUp(), outbox.takeUp()]);
    expect([stages(), await tabsOfDrafts()]).toEqual([['one: waiting'], ['mine']]);
  });

  it('lets no other look before it is kept whose they are now', async () => {
    newOutbox()
      .add(chatId, 'of nobody')
      .catch(() => undefined);
    await settle();
    const { promise, resolve } = Promise.withResolvers<void>();
    const put = drafts.put.bind(drafts);
    drafts.put = (...value) => promise.then(() => put(...value));
    outbox = outboxOf('mine', tabs);
    const done: string[] = [];
    const restored = outbox.restore().then(() => done.push('restored'));
    await settle();
    expect([stages(), done]).toEqual([['of nobody: waiting'], []]);
    resolve();
    await restored;
    expect(await tabsOfDrafts()).toEqual(['mine']);
  });

  it('keeps a refusal that it has taken up, and does not send it', async () => {
    const gone = outboxOf('other', tabs);
    isOnline = true;
    gone.add(chatId, 'refused').catch(() => undefined);
    await settle();
    await last().fail(refusedForGood);
    tabs.delete('other');
    outbox = outboxOf('mine', tabs);
    await outbox.takeUp();
    expect([stages(), attempts.length]).toEqual([['refused: failed'], 1]);
  });

  it('shows a change without whose it is', async () => {
    outbox = outboxOf('mine', tabs);
    outbox.change(chatId, 'chat:update', { chatId, title: 'Looms' }).catch(() => undefined);
    await settle();
    expect(Object.keys(outbox.changes(chatId)[0] ?? {})).not.toContain('tab');
  });

  it('throws everything away where the person leaves, what others have kept too', async () => {
    outboxOf('other', tabs)
      .add(chatId, 'of the other')
      .catch(() => undefined);
    outbox = outboxOf('mine', tabs);
    write(chatId, 'mine');
    await settle();
    await outbox.clear();
    expect(await kept()).toEqual([]);
  });
});

describe('closing', () => {
  it('tells those who wait, and keeps the drafts for the next connection', async () => {
    const sent = outbox.add(chatId, 'Hello', { clientMessageId: 'mine' });
    await settle();
    isOnline = false;
    outbox.release();
    await expect(sent).rejects.toMatchObject({ name: 'NoAnswer', clientMessageId: 'mine' });
    await last().fail(cut);
    expect([stages(), await kept()]).toEqual([['Hello: waiting'], ['Hello']]);
    isOnline = true;
    outbox.wake();
    const again = outbox.add(chatId, 'Hello', { clientMessageId: 'mine' });
    await last().store();
    await again;
    expect(attempts).toHaveLength(2);
  });

  it('for good throws everything away', async () => {
    isOnline = false;
    write(chatId, 'one');
    write(otherChatId, 'two');
    await settle();
    await outbox.clear();
    expect([outbox.all, await kept()]).toEqual([[], []]);
  });
});

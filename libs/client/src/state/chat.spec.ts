import type { AnyChange, Change, Chat, ChatSync, Message, MessagePage, Position } from '@roost/contract';
import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../../test/support/deep-freeze.js';
import { ada, grace, linus, ModelChat } from '../../test/support/model-chat.js';
import { Random } from '../../../testing/src/random.js';
import * as chats from './chat.js';
import type { SyncPage, Viewer } from './chat.js';
import type { Asked } from './events.js';
import type { ChatState, Range } from './state.js';

/** One chat to which things happen. Each step is checked to have changed nothing that was there before. */
class ChatLog {
  private state: ChatState;
  private readonly viewer: Viewer;

  constructor(userId: string, chat: Chat, messagesPerChat: number, messages: readonly Message[] = []) {
    this.viewer = { userId, messagesPerChat };
    this.state = chats.opened(chat, messages, this.viewer, 1);
  }

  get chat() {
    return this.state.chat;
  }

  get segments() {
    return this.state.segments;
  }

  get shown() {
    return chats.shownSegment(this.state);
  }

  get messages() {
    return this.shown.messages;
  }

  get position(): Position {
    return chats.positionOf(this.state);
  }

  get hasOlder() {
    return this.shown.from > 1;
  }

  get isBehind() {
    return chats.isBehind(this.state);
  }

  expect = (head: Position) => this.step((state) => chats.expect(state, head));
  addMessage = (message: Message) => this.step((state) => chats.withMessageHeard(state, message, this.viewer));
  addChange = (change: AnyChange) => this.step((state) => chats.withChangeHeard(state, change, this.viewer));
  addPage = (page: SyncPage, since: Position) =>
    this.step((state) => chats.withSyncPage(state, page, since, this.viewer));
  begin = (chat: Chat, messages: readonly Message[]) =>
    this.step((state) => chats.opened(chat, messages, this.viewer, state.epoch + 1, state));
  look = (at?: Range) => this.step((state) => chats.lookedAt(state, at, this.viewer));

  /** Asks for a page before the first message that is shown. */
  beginOlder(): Asked & { readonly before: number } {
    this.step((state) => chats.reading(state));
    return { before: this.shown.from, lastSeq: this.chat.lastSeq, epoch: this.state.epoch };
  }

  endOlder(asked: Asked, page: MessagePage | undefined): void {
    const read = page && { items: page.items, moreBefore: page.more, moreAfter: true };
    this.step((state) => chats.read(state, asked, read, this.viewer));
  }

  /** A page around a place. */
  around(seq: number, { items, more }: MessagePage): void {
    const asked = { around: seq, lastSeq: this.chat.lastSeq, epoch: this.state.epoch };
    this.step((state) => chats.reading(state));
    this.step((state) => chats.read(state, asked, { items, moreBefore: more, moreAfter: true }, this.viewer));
  }

  private step(change: (state: ChatState) => ChatState): void {
    const before = deepFreeze(this.state);
    this.state = change(before);
  }
}

const texts = (log: ChatLog) => log.messages.map(({ text }) => text);

const begin = (model: ModelChat, messagesMax = 1_000): ChatLog =>
  new ChatLog(ada.id, model.chat, messagesMax, [...model.messages]);

describe('messages', () => {
  it('M3 wait for those before them, and come twice without effect', () => {
    const model = new ModelChat();
    const log = begin(model);
    const [one, two, three] = ['one', 'two', 'three'].map((text) => model.send(grace, text)) as [
      Message,
      Message,
      Message,
    ];
    log.addMessage(three);
    expect(texts(log)).toEqual([]);
    expect(log.isBehind).toBe(true);
    log.addMessage(one);
    expect(texts(log)).toEqual(['one']);
    log.addMessage(two);
    log.addMessage(two);
    log.addMessage(three);
    expect(texts(log)).toEqual(['one', 'two', 'three']);
    expect(log.isBehind).toBe(false);
    expect(log.chat).toMatchObject({ lastSeq: 3, lastMessage: { text: 'three' }, unreadCount: 3 });
  });

  it('S4 what the heads say is there and is not here, is missed', () => {
    const model = new ModelChat();
    const log = begin(model);
    log.expect({ seq: 0, rev: 0 });
    expect(log.isBehind).toBe(false);
    log.expect({ seq: 1, rev: 0 });
    expect(log.isBehind).toBe(true);
    log.addMessage(model.send(grace, 'one'));
    expect(log.isBehind).toBe(false);
  });

  it('S1 a state that was overtaken on its way is not taken for complete', () => {
    const model = new ModelChat();
    const log = begin(model);
    const { chat } = model;
    log.addMessage(model.send(grace, 'one'));
    log.begin(chat, []);
    expect(log.position.seq).toBe(0);
    expect(log.isBehind).toBe(true);
  });

  it('only the newest are kept; there are older ones then', () => {
    const model = new ModelChat();
    const log = begin(model, 2);
    for (const text of ['one', 'two']) log.addMessage(model.send(grace, text));
    expect(log.hasOlder).toBe(false);
    log.addMessage(model.send(grace, 'three'));
    expect(texts(log)).toEqual(['two', 'three']);
    expect(log.hasOlder).toBe(true);
  });
});

describe('changes', () => {
  it('M9 of a message that is not here yet are applied when it comes', () => {
    const model = new ModelChat();
    const log = begin(model);
    const message = model.send(grace, 'draft');
    log.addChange(model.edit(1, 'final'));
    log.addMessage(message);
    expect(texts(log)).toEqual(['final']);
    expect(log.position).toEqual({ seq: 1, rev: 1 });
  });

  it('M9 a tombstone stays one, and keeps its place', () => {
    const model = new ModelChat();
    const log = begin(model);
    log.addMessage(model.send(grace, 'secret'));
    const edit = model.edit(1, 'still secret');
    log.addChange(model.delete(1));
    log.addChange(edit);
    expect(log.messages[0]).toMatchObject({ text: '', deletedAt: expect.any(String) });
    expect(log.chat.lastMessage).toMatchObject({ text: '' });
    expect(log.chat.unreadCount).toBe(0);
  });

  it('R2 of an unread message that is not here make one unread less, and of a read one or one to come, none', () => {
    const model = new ModelChat();
    for (const text of ['one', 'two']) model.send(grace, text);
    model.send(ada, 'three');
    for (const text of ['four', 'five']) model.send(grace, text);
    const log = new ChatLog(ada.id, model.chat, 10);
    for (const seq of [1, 4]) log.addChange(model.delete(seq));
    expect(log.chat.unreadCount).toBe(1);
    const late = model.send(grace, 'six');
    log.addChange(model.delete(6));
    log.addMessage(late);
    expect(log.chat).toEqual(model.chat);
  });

  it.each(['before', 'after'])('R2 who is removed and added again begins anew, told %s what was said', (order) => {
    const model = new ModelChat();
    const log = begin(model);
    const said = ['one', 'two', 'three'].map((text) => model.send(grace, text));
    const changes = [model.remove(ada), model.add(ada, 2)];
    const messages = () => said.forEach((message) => log.addMessage(message));
    if (order === 'after') messages();
    for (const change of changes) log.addChange(change);
    if (order === 'before') messages();
    expect(log.chat).toMatchObject({ readSeq: 2, unreadCount: 1, memberCount: 2, role: 'member' });
  });

  it('S6 that a state has already, for it was read a moment after its rev, are not counted twice', () => {
    const model = new ModelChat();
    model.add(linus);
    const { rev } = model.head;
    const changes = [model.remove(linus), model.add(linus)];
    const log = new ChatLog(ada.id, { ...model.chat, memberCount: 2, members: [ada, grace], rev }, 10);
    for (const change of changes) log.addChange(change);
    expect(log.chat).toMatchObject({ memberCount: 3, members: [ada, grace, linus] });
  });

  it('of people are counted where a chat has more than it shows, and its list ends where it would look whole', () => {
    const model = new ModelChat();
    const others = Array.from({ length: 50 }, (_, index) => ({
      id: String(index).padStart(24, '0'),
      displayName: 'One',
    }));
    for (const user of others) model.add(user);
    const log = new ChatLog(ada.id, { ...model.chat, members: model.members.slice(0, 50) }, 10);
    log.addChange(model.remove(others[49]!));
    expect([log.chat.memberCount, log.chat.members?.length]).toEqual([51, 50]);
    log.addChange(model.remove(others[0]!));
    expect([log.chat.memberCount, log.chat.members]).toEqual([50, undefined]);
    log.addChange(model.add(linus));
    expect(log.chat.memberCount).toBe(51);
  });

  it('change the chat as well', () => {
    const model = new ModelChat();
    const log = begin(model);
    log.addChange(model.rename('Looms'));
    log.addChange(model.add(linus));
    expect(log.chat).toMatchObject({ title: 'Looms', memberCount: 3, members: [ada, grace, linus] });
    log.addChange(model.remove(linus));
    expect(log.chat).toMatchObject({ memberCount: 2, members: [ada, grace], rev: 3 });
  });
});

/** A chat with four messages and three titles, of which the log has heard nothing. */
function written() {
  const model = new ModelChat();
  const log = begin(model);
  for (const text of ['one', 'two', 'three', 'four']) model.send(grace, text);
  for (const title of ['Looms', 'Cards', 'Tables']) model.rename(title);
  return { model, log };
}

describe('S1 a page of sync', () => {
  const start = { seq: 0, rev: 0 };
  const page = (model: ModelChat, since = start, limit = 100) => model.after(since, limit) as SyncPage;

  it('is all there is up to its position: places without an entry are passed over', () => {
    const { model, log } = written();
    for (const place of [1, 3, 4]) model.hidden.seqs.add(place);
    for (const place of [1, 3]) model.hidden.revs.add(place);
    log.addPage(page(model), start);
    expect(texts(log)).toEqual(['two']);
    expect(log.position).toEqual(model.head);
    expect(log.isBehind).toBe(false);
    expect(log.chat).toMatchObject({ title: 'Cards', lastSeq: 4, rev: 3, unreadCount: 1 });
    log.addMessage(model.send(grace, 'five'));
    log.addChange(model.rename('Engines'));
    expect(texts(log)).toEqual(['two', 'five']);
    expect(log.isBehind).toBe(false);
  });

  it('says nothing of what comes after it: that waits for what is missing', () => {
    const { model, log } = written();
    log.addMessage(model.message(4));
    model.hidden.seqs.add(1);
    log.addPage(page(model, start, 2), start);
    expect([texts(log), log.isBehind]).toEqual([['two'], true]);
    log.addMessage(model.message(3));
    expect(texts(log)).toEqual(['two', 'three', 'four']);
  });

  it('says nothing of what lies before the place it was asked for from', () => {
    const { model, log } = written();
    const later = { seq: 2, rev: 2 };
    log.addPage(page(model, later), later);
    expect(log.position).toEqual(start);
    expect(log.isBehind).toBe(true);
    log.addPage(page(model), start);
    expect(texts(log)).toEqual(['one', 'two', 'three', 'four']);
  });

  it('may be older than what was heard meanwhile', () => {
    const { model, log } = written();
    const early = page(model, start, 1);
    for (const message of model.messages) log.addMessage(message);
    log.addPage(early, start);
    expect(log.position).toEqual({ seq: 4, rev: 1 });
  });
});

it('a change of a kind that only a newer server knows takes its place and does nothing', () => {
  const model = new ModelChat();
  const log = begin(model);
  log.addChange(model.unknown());
  log.addChange(model.rename('Looms'));
  const { chatId, rev, at, by, kind } = model.rename('Looms');
  // The replica that told it knows no more of it.
  log.addChange({ chatId, rev, at, by, kind, opaque: true });
  expect(log.chat).toEqual(model.chat);
  expect(log.isBehind).toBe(false);
});

describe('older messages', () => {
  it('come before the others, with what was changed while they were read', () => {
    const model = new ModelChat();
    for (const text of ['one', 'two', 'three', 'four']) model.send(grace, text);
    const log = new ChatLog(ada.id, model.chat, 2, model.messages.slice(-2));
    log.look({ from: 3, to: 3 });
    const asked = log.beginOlder();
    const page = model.before(asked.before, 50);
    log.addChange(model.edit(1, 'ONE'));
    log.endOlder(asked, page);
    expect(texts(log)).toEqual(['ONE', 'two', 'three', 'four']);
    expect(log.hasOlder).toBe(false);
    log.addMessage(model.send(grace, 'five'));
    expect(texts(log)).toHaveLength(5);
    log.look();
    expect(texts(log)).toEqual(['four', 'five']);
  });

  it('have what was changed while they were read, also where it was here then and is not any more', () => {
    const model = new ModelChat();
    const log = begin(model, 2);
    for (const text of ['one', 'two']) log.addMessage(model.send(grace, text));
    const asked = { ...log.beginOlder(), before: 3 };
    const early = { items: [...model.messages], more: false };
    log.addChange(model.delete(1));
    for (const text of ['three', 'four']) log.addMessage(model.send(grace, text));
    log.look({ from: 1, to: 1 });
    log.endOlder(asked, early);
    expect(texts(log)).toEqual(['', 'two', 'three', 'four']);
  });

  it('are not taken where the state began anew meanwhile, nor where reading failed', () => {
    const model = new ModelChat();
    for (const text of ['one', 'two', 'three']) model.send(grace, text);
    const log = new ChatLog(ada.id, model.chat, 10, model.messages.slice(-1));
    const asked = log.beginOlder();
    const page = model.before(asked.before, 50);
    log.begin(model.chat, []);
    log.endOlder(asked, page);
    expect(texts(log)).toEqual([]);
    log.endOlder(log.beginOlder(), undefined);
    expect(log.hasOlder).toBe(true);
  });
});

/** Facts on their way, and answers to sync that were read at some moment and come at another. */
interface Wire {
  readonly facts: (Message | Change)[];
  readonly answers: { readonly answer: ChatSync; readonly since: Position }[];
}

const take = <T>(from: T[], random: Random): T | undefined => from.splice(random.below(from.length), 1)[0];

/** Something happens in the chat; its fact comes once or twice, or is lost where `loses` says that some are. */
function happen(model: ModelChat, { facts }: Wire, loses: boolean, random: Random): void {
  const seq = 1 + random.below(model.head.seq);
  const isThere = seq <= model.head.seq && model.message(seq).deletedAt === undefined;
  const what = random.below(10);
  let fact: Message | Change;
  if (what === 0) fact = random.chance(0.3) ? model.unknown() : model.rename(`Title ${model.head.rev}`);
  else if (what === 1) fact = model.members.includes(linus) ? model.remove(linus) : model.add(linus);
  else if (what <= 3 && isThere) fact = model.edit(seq, `edited ${model.head.rev}`);
  else if (what === 4 && isThere) fact = model.delete(seq);
  else if (what === 5) fact = model.send(linus, 'joined', { type: 'system' });
  else fact = model.send(random.pick([ada, grace, linus]), `message ${model.head.seq}`);
  for (let copies = loses && random.below(5) === 0 ? 0 : 1 + random.below(2); copies > 0; copies--) facts.push(fact);
}

function arrive(log: ChatLog, { facts, answers }: Wire, random: Random): void {
  if (random.chance(0.3)) {
    const taken = take(answers, random);
    if (!taken) return;
    const { answer, since } = taken;
    if ('reset' in answer) log.begin(answer.chat, answer.messages);
    else log.addPage(answer as SyncPage, since);
    return;
  }
  const fact = take(facts, random);
  if (!fact) return;
  if ('rev' in fact) log.addChange(fact);
  else log.addMessage(fact);
}

const seeds = Array.from({ length: 200 }, (_, index) => index + 1);

it.each(seeds)('S1 S3 any order of arrival ends equal to the log, seed %i', (seed) => {
  const random = new Random(seed);
  const loses = seed % 2 === 0;
  const model = new ModelChat();
  const log = begin(model);
  const wire: Wire = { facts: [], answers: [] };
  for (let step = 0; step < 300; step++) {
    const what = random.next();
    if (what < 0.4) happen(model, wire, loses, random);
    else if (what < 0.9) arrive(log, wire, random);
    else {
      const since = log.position;
      const answer = random.chance(0.1) ? model.reset(1_000) : model.after(since, 1 + random.below(20));
      wire.answers.push({ answer, since });
    }
  }
  while (wire.facts.length + wire.answers.length > 0) arrive(log, wire, random);
  // Where no fact was lost it knows by itself whether it is complete: a reset that was overtaken may have taken it back.
  if (!loses && !log.isBehind) expect(log.position).toEqual(model.head);
  let page: SyncPage;
  do {
    page = model.after(log.position) as SyncPage;
    log.addPage(page, log.position);
  } while (page.more);
  expect(log.position).toEqual(model.head);
  expect(log.messages).toEqual(model.messages);
  expect(log.chat).toEqual(model.chat);
  expect(log.isBehind).toBe(false);
});

/** A hundred messages, of which the last ten are here. */
function long(messagesPerChat = 10) {
  const model = new ModelChat();
  for (let seq = 1; seq <= 100; seq++) model.send(grace, `message ${seq}`);
  return { model, log: new ChatLog(ada.id, model.chat, messagesPerChat, model.messages.slice(-10)) };
}

const page = (model: ModelChat, from: number, to: number): MessagePage => ({
  items: model.messages.slice(from - 1, to),
  more: from > 1,
});
const ends = (log: ChatLog) => log.segments.map(({ from, to }) => [from, to]);

describe('M10 parts of a chat', () => {
  it('are far from the end, have changes applied to them, and become one when they meet', () => {
    const { model, log } = long();
    log.look({ from: 50, to: 50 });
    log.around(50, page(model, 46, 55));
    expect(ends(log)).toEqual([
      [46, 55],
      [91, 100],
    ]);
    expect(texts(log)[0]).toBe('message 46');
    log.addChange(model.edit(50, 'edited'));
    expect(log.messages[4]?.text).toBe('edited');
    log.addMessage(model.send(grace, 'message 101'));
    log.around(75, page(model, 54, 92));
    expect(ends(log)).toEqual([[46, 101]]);
    expect(log.messages).toEqual(model.messages.slice(45));
  });

  it('that nobody looks at any more are let go, and so is the end above what is kept', () => {
    const { model, log } = long();
    log.look({ from: 20, to: 20 });
    log.around(20, page(model, 16, 25));
    log.look({ from: 90, to: 90 });
    expect(ends(log)).toEqual([[91, 100]]);
    for (let count = 1; count <= 60; count++) log.addMessage(model.send(grace, 'news'));
    expect(ends(log)).toEqual([
      [91, 140],
      [151, 160],
    ]);
    log.look();
    expect(ends(log)).toEqual([[151, 160]]);
  });

  it('what one looks at is never let go, however much is said', () => {
    const { model, log } = long();
    log.look({ from: 91, to: 95 });
    for (let count = 1; count <= 200; count++) log.addMessage(model.send(grace, 'news'));
    expect(log.messages.slice(0, 5)).toEqual(model.messages.slice(90, 95));
  });

  it('a page ends where the chat is known to end: what is newer comes with its changes', () => {
    const { model, log } = long();
    const late = [model.send(grace, 'message 101'), model.send(grace, 'message 102')];
    log.around(100, { ...page(model, 96, 102), more: true });
    expect(ends(log)).toEqual([[91, 100]]);
    for (const message of late) log.addMessage(message);
    expect(log.messages).toEqual(model.messages.slice(-10));
  });
});

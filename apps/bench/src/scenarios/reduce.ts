import type { Chat, Message, User } from '@roost/contract';
import { setTimeout as sleep } from 'node:timers/promises';
import { chatList, chatView, conversationRows } from '../../../../libs/client/src/state/selectors.js';
import { Store } from '../../../../libs/client/src/state/store.js';
import { realWorld } from '../../../../libs/client/src/time.js';
import { quantilesOf } from '../numbers.js';
import type { Quantiles } from '../numbers.js';
import type { BenchOptions } from '../options.mjs';
import type { ScenarioResult } from '../results.js';
import { rowOf, worst } from '../rows.js';
import type { Stage } from '../stage.js';
import { textChars } from './common.js';

const chatCount = 500;
/** Of the chat that is on the screen, and of each other one: some 10,000 in all. */
const messagesShown = 200;
const messagesOfEach = 20;
const factsPerSecond = 200;
/** Of the facts that come, those of the chat that is on the screen. */
const shownShare = 0.1;
/** Node compiles what runs often. */
const warmUpSeconds = 3;

/** What a part of the time took. */
interface Spell extends Quantiles {
  /** Milliseconds of CPU for a hundred facts that come one by one, with what reads them. */
  readonly cpuMs: number;
  /** Milliseconds for a hundred facts that come one by one, into the state alone. */
  readonly pacedMs: number;
  /** Milliseconds for a hundred facts in a row, into the state alone. */
  readonly reducingMs: number;
}

/** What the SDK's state costs a page: facts through the store, and one subscriber that reads the list and the chat on the screen. */
export async function reduce(_stage: Stage, { rounds, seconds }: BenchOptions): Promise<ScenarioResult> {
  const page = new Page();
  await page.hears(warmUpSeconds);
  // What the clock and the loop take by themselves is not the state's.
  const { cpuMs: asideMs } = await page.hears(seconds, () => {});
  const coldTimes = await timesDearerWhenCold(page, seconds);
  const spells: { ours: Spell }[] = [];
  for (let round = 0; round < rounds; round++) {
    const spell = await page.hears(seconds);
    spells.push({ ours: { ...spell, cpuMs: spell.cpuMs - asideMs, reducingMs: await page.reduces() } });
  }
  return {
    name: 'reduce',
    setup:
      `${chatCount} chats with some 10,000 messages in the SDK's state, ${factsPerSecond} facts a second, ` +
      'one subscriber that reads the list of chats and the rows of the chat on the screen; no cluster',
    columns: ['ours'],
    rows: [
      rowOf(spells, '100 facts in a row into the state', 'ms', ({ reducingMs }) => reducingMs),
      rowOf(spells, '100 facts one by one into the state', 'ms', ({ pacedMs }) => pacedMs),
      rowOf(spells, 'CPU of 100 facts one by one, with reading', 'ms', ({ cpuMs }) => cpuMs),
      rowOf(spells, 'a fact until the page has read, p50', 'ms', ({ p50 }) => p50),
      rowOf(spells, 'a fact until the page has read, p99', 'ms', ({ p99 }) => p99),
      rowOf(spells, 'a fact until the page has read, max', 'ms', ({ max }) => max, worst),
    ],
    notes: [
      `What runs every 5 ms is dearer than in a row, whatever it is: \`JSON.parse\` of ${parsed.length} letters ${coldTimes.toFixed(1)} times here.`,
    ],
  };
}

const parse = (): unknown => JSON.parse(parsed);

/** What the processor has forgotten of code and data after 5 ms of something else, of work that is not ours. */
async function timesDearerWhenCold(page: Page, seconds: number): Promise<number> {
  const { p50 } = await page.hears(seconds, parse);
  const startedAtMs = performance.now();
  const times = 10_000;
  for (let time = 0; time < times; time++) parse();
  return p50 / ((performance.now() - startedAtMs) / times);
}

const hexId = (first: string, number: number): string => first + number.toString(16).padStart(23, '0');
const people: readonly User[] = Array.from({ length: 20 }, (_, index) => ({
  id: hexId('a', index),
  displayName: `Person ${index}`,
}));
const me = people[0]!;

const parsed = JSON.stringify(Array.from({ length: 25 }, (_, index) => ({ id: hexId('a', index), name: 'Person' })));

interface Fact {
  readonly name: string;
  readonly payload: object;
}

/** A page with a state, and a server that tells it what happens. */
class Page {
  private readonly store = new Store(realWorld.clock, messagesShown);
  private readonly heads = Array.from({ length: chatCount }, () => ({ seq: 0, rev: 0 }));
  /** What the subscriber took since the last fact. */
  private readMs = 0;
  private count = 0;

  constructor() {
    this.store.dispatch({ type: 'began', userId: me.id });
    for (let chat = 0; chat < chatCount; chat++) {
      const messages = Array.from({ length: chat === 0 ? messagesShown : messagesOfEach }, () => this.said(chat));
      const answer = { reset: true as const, chat: this.chatOf(chat, messages), messages };
      this.store.dispatch({ type: 'synced', chatId: hexId('c', chat), answer });
    }
    this.store.subscribe(() => this.read());
  }

  /** So many seconds of facts, each in a turn of its own. @param tell left out: the state */
  async hears(
    seconds: number,
    tell: (fact: Fact) => void = (fact) => this.dispatch(fact),
  ): Promise<Omit<Spell, 'reducingMs'>> {
    const tookMs: number[] = [];
    let toldMs = 0;
    const cpu = process.cpuUsage();
    const startedAtMs = performance.now();
    const facts = factsPerSecond * seconds;
    for (let told = 0; told < facts; told++) {
      const dueMs = startedAtMs + (told * 1_000) / factsPerSecond - performance.now();
      await sleep(Math.max(0, dueMs));
      this.readMs = 0;
      const fact = this.fact();
      const tellingAtMs = performance.now();
      tell(fact);
      const factMs = performance.now() - tellingAtMs;
      toldMs += factMs;
      // The subscriber is told in the next turn.
      await sleep(1);
      tookMs.push(factMs + this.readMs);
    }
    const { user, system } = process.cpuUsage(cpu);
    const hundreds = facts / 100;
    return { ...quantilesOf(tookMs), cpuMs: (user + system) / 1_000 / hundreds, pacedMs: toldMs / hundreds };
  }

  /** What a hundred facts take that come at once, as after a pause: the median of many times. */
  async reduces(): Promise<number> {
    const tookMs: number[] = [];
    for (let time = 0; time < 50; time++) {
      const facts = Array.from({ length: 100 }, () => this.fact());
      const startedAtMs = performance.now();
      for (const fact of facts) this.dispatch(fact);
      tookMs.push(performance.now() - startedAtMs);
      await sleep(1);
    }
    return quantilesOf(tookMs).p50;
  }

  private dispatch(fact: Fact): void {
    this.store.dispatch({ type: 'fact', ...fact });
  }

  private read(): void {
    const startedAtMs = performance.now();
    const state = this.store.getSnapshot();
    chatList(state);
    const view = chatView(state, hexId('c', 0));
    if (view) conversationRows(view, me.id);
    this.readMs += performance.now() - startedAtMs;
  }

  /** Mostly messages; every tenth an edit, a deletion or a title. */
  private fact(): Fact {
    const number = this.count++;
    const isShown = number % 100 < shownShare * 100;
    const chat = isShown ? 0 : 1 + (number % (chatCount - 1));
    if (number % 10 !== 5) return { name: 'message:new', payload: this.said(chat) };
    const head = this.heads[chat]!;
    const change = { chatId: hexId('c', chat), rev: ++head.rev, at: new Date().toISOString(), by: me.id };
    const kind = number % 30;
    if (kind === 5)
      return { name: 'chat:updated', payload: { ...change, kind: 'chat:updated', chat: { title: `Title ${number}` } } };
    const message = this.message(chat, head.seq - (number % 10));
    if (kind === 15)
      return {
        name: 'message:deleted',
        payload: { ...change, kind: 'message:deleted', messageId: message.id, seq: message.seq },
      };
    const edited = { ...message, text: `edited ${number}`, editedAt: change.at };
    return { name: 'message:edited', payload: { ...change, kind: 'message:edited', message: edited } };
  }

  private said(chat: number): Message {
    return this.message(chat, ++this.heads[chat]!.seq);
  }

  private message(chat: number, seq: number): Message {
    return {
      id: hexId('d', chat * 1_000_000 + seq),
      chatId: hexId('c', chat),
      seq,
      sender: people[1 + (seq % (people.length - 1))]!,
      type: 'text',
      text: 'x'.repeat(textChars),
      createdAt: new Date().toISOString(),
    };
  }

  private chatOf(chat: number, messages: readonly Message[]): Chat {
    const lastMessage = messages.at(-1)!;
    return {
      id: hexId('c', chat),
      type: 'group',
      title: `Chat ${chat}`,
      createdBy: me.id,
      createdAt: lastMessage.createdAt,
      lastActivityAt: lastMessage.createdAt,
      lastMessage,
      lastSeq: lastMessage.seq,
      rev: 0,
      memberCount: people.length,
      members: [...people],
      role: 'member',
      readSeq: 0,
      unreadCount: lastMessage.seq,
    };
  }
}

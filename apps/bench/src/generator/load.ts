import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@roost/testing';
import { quantilesOf } from '../numbers.js';
import { clockMs } from './chat-connection.js';
import type { Answer } from './chat-connection.js';
import type { Group } from './group.js';
import type { LoadResult, LoadSpec } from './messages.js';

/** Nothing came for so long when sending has ended: what is still missing is not on its way any more. */
const silenceMs = 5_000;
/** Nothing came for this long, and all is there: what was doubled would have come too. */
const quietMs = 200;
/** A timer of Node is late by this much for its own reasons; a later send counts from when it was due. */
const timerSlackMs = 5;

let lastId = 0;

/** One load on a group of sockets, from its first send to its last delivery. */
export class Load {
  private readonly pending = new Map<number, { readonly chat: number; readonly sentAtMs: number }>();
  private readonly random = new Random(1);
  private readonly acknowledgementMs: number[] = [];
  private readonly deliveryMs: number[] = [];
  private readonly refused: Record<string, number> = {};
  private acknowledged = 0;
  private delivered = 0;
  private expected = 0;
  private isSending = true;
  private heardAtMs = 0;

  constructor(
    private readonly group: Group,
    private readonly spec: LoadSpec,
    /** Told the place of each message that was taken. */
    private readonly onTaken: (id: number, seq: number) => void,
  ) {}

  async run(): Promise<LoadResult> {
    const { group, spec } = this;
    group.setTimed(spec.kind === 'open');
    group.listener = { message: (sentAtMs) => this.message(sentAtMs), answer: (id, answer) => this.answer(id, answer) };
    const startedAtMs = clockMs();
    if (spec.kind === 'closed') for (let i = 0; i < spec.inFlight; i++) this.send(startedAtMs);
    const sending = spec.kind === 'open' ? this.sendOnSchedule(startedAtMs, spec.perSecond) : undefined;
    await Promise.all([sending, this.stopAfter(spec.seconds * 1000)]);
    const seconds = (clockMs() - startedAtMs) / 1000;
    const inTime = { acknowledgedInTime: this.acknowledged, deliveredInTime: this.delivered };
    await this.drain();
    group.listener = undefined;
    return { seconds, ...inTime, ...this.result() };
  }

  private async stopAfter(ms: number): Promise<void> {
    await sleep(ms);
    this.isSending = false;
  }

  /** An open load: sends that came due while this process was busy are made up for, and count from when they were due. */
  private async sendOnSchedule(startedAtMs: number, perSecond: number): Promise<void> {
    const dueAtMs = (index: number) => startedAtMs + (index * 1000) / perSecond;
    for (let index = 0; this.isSending; await sleep(1)) {
      for (; dueAtMs(index) <= clockMs() && this.isSending; index++) {
        const now = clockMs();
        this.send(now - dueAtMs(index) > timerSlackMs ? dueAtMs(index) : now);
      }
    }
  }

  private send(sentAtMs: number): void {
    const { chats } = this.group.spec;
    const chat = this.random.below(this.spec.chats ?? chats.length);
    const { members } = chats[chat]!;
    const member = this.random.below(Math.min(this.spec.senders ?? members.length, members.length));
    const id = ++lastId;
    this.pending.set(id, { chat, sentAtMs });
    this.group.send(members[member]!, chat, id, this.spec.textChars, sentAtMs);
  }

  private message(sentAtMs: number): void {
    this.delivered++;
    const now = clockMs();
    this.heardAtMs = now;
    if (sentAtMs > 0) this.deliveryMs.push(now - sentAtMs);
  }

  private answer(id: number, answer: Answer): void {
    const sent = this.pending.get(id);
    if (!sent) throw new Error(`an answer to nothing: ${id}`);
    this.pending.delete(id);
    const now = clockMs();
    this.heardAtMs = now;
    if ('seq' in answer) this.taken(id, sent.chat, answer.seq, now - sent.sentAtMs);
    else this.refuse(sent.chat, answer.code);
    if (this.isSending && this.spec.kind === 'closed') this.send(now);
  }

  private taken(id: number, chat: number, seq: number, afterMs: number): void {
    this.acknowledged++;
    this.acknowledgementMs.push(afterMs);
    this.expected += this.group.spec.chats[chat]!.members.length;
    this.group.ledger.sent(chat);
    this.onTaken(id, seq);
  }

  private refuse(chat: number, code: string): void {
    this.refused[code] = (this.refused[code] ?? 0) + 1;
    this.group.ledger.maybeSent(chat);
  }

  private async drain(): Promise<void> {
    const endedAtMs = clockMs();
    const silentMs = () => clockMs() - Math.max(endedAtMs, this.heardAtMs);
    const isThere = () => this.pending.size === 0 && this.delivered >= this.expected;
    while (silentMs() < (isThere() ? quietMs : silenceMs)) await sleep(20);
    for (const { chat } of this.pending.values()) this.group.ledger.maybeSent(chat);
  }

  private result() {
    return {
      acknowledged: this.acknowledged,
      delivered: this.delivered,
      refused: this.refused,
      unanswered: this.pending.size,
      acknowledgementMs: quantilesOf(this.acknowledgementMs),
      ...(this.spec.kind === 'open' && { deliveryMs: quantilesOf(this.deliveryMs) }),
    };
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@roost/testing';
import { clockMs } from './chat-connection.js';
import type { Group } from './group.js';
import type { LoadResult, LoadSpec } from './messages.js';
import { quantilesOf } from './numbers.js';

/** Longest wait for what is still on its way when sending has ended. */
const drainTimeoutMs = 5_000;
/** Nothing came for this long: what was doubled would have come too. */
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
  private readonly membersOf: number[];
  private acknowledged = 0;
  private delivered = 0;
  private expected = 0;
  private isSending = true;
  private lastDeliveryAtMs = 0;

  constructor(
    private readonly group: Group,
    private readonly spec: LoadSpec,
  ) {
    this.membersOf = group.spec.chats.map(() => 0);
    for (const { chat } of group.spec.sockets) this.membersOf[chat]!++;
  }

  async run(): Promise<LoadResult> {
    const { group, spec } = this;
    group.setTimed(spec.kind === 'open');
    group.listener = { message: (_, sentAtMs) => this.message(sentAtMs), answer: (id, code) => this.answer(id, code) };
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
    const { senders, textChars } = this.spec;
    const pick = this.random.below(senders?.length ?? this.group.size);
    const id = ++lastId;
    const chat = this.group.send(senders?.[pick] ?? pick, id, textChars, sentAtMs);
    this.pending.set(id, { chat, sentAtMs });
  }

  private message(sentAtMs: number): void {
    this.delivered++;
    const now = clockMs();
    this.lastDeliveryAtMs = now;
    if (sentAtMs > 0) this.deliveryMs.push(now - sentAtMs);
  }

  private answer(id: number, code: string | undefined): void {
    const sent = this.pending.get(id);
    if (!sent) throw new Error(`an answer to nothing: ${id}`);
    this.pending.delete(id);
    const now = clockMs();
    this.acknowledgementMs.push(now - sent.sentAtMs);
    if (code === undefined) {
      this.acknowledged++;
      this.expected += this.membersOf[sent.chat]!;
      this.group.ledger.sent(sent.chat);
    } else {
      this.refused[code] = (this.refused[code] ?? 0) + 1;
      this.group.ledger.maybeSent(sent.chat);
    }
    if (this.isSending && this.spec.kind === 'closed') this.send(now);
  }

  private async drain(): Promise<void> {
    const deadlineMs = clockMs() + drainTimeoutMs;
    const isDone = () =>
      this.pending.size === 0 && this.delivered >= this.expected && clockMs() - this.lastDeliveryAtMs > quietMs;
    while (!isDone() && clockMs() < deadlineMs) await sleep(20);
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
      ...this.group.ledger.check(),
    };
  }
}

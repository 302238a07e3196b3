import type { Deliveries, GroupSpec } from './messages.js';
import { Received } from './received.js';

/** What the sockets of a group should have got, and what they got. Sockets and chats are given by their indexes. */
export class Ledger {
  private readonly acknowledged: number[];
  private readonly unsure: number[];
  /** By socket and chat, from the first message on. */
  private readonly received: Map<number, Received>[];
  private readonly counts: number[];

  constructor(
    private readonly spec: GroupSpec,
    /** Of each socket. */
    private readonly chatsOf: readonly (readonly number[])[],
  ) {
    this.acknowledged = spec.chats.map(() => 0);
    this.unsure = spec.chats.map(() => 0);
    this.counts = spec.sockets.map(() => 0);
    this.received = spec.sockets.map(() => new Map());
  }

  sent(chat: number): void {
    this.acknowledged[chat]!++;
  }

  /** Refused or unanswered: it may have been stored all the same. */
  maybeSent(chat: number): void {
    this.unsure[chat]!++;
  }

  got(socket: number, chat: number, seq: number): void {
    this.counts[socket]!++;
    if (!this.spec.numbered) return;
    const ofSocket = this.received[socket]!;
    let received = ofSocket.get(chat);
    if (!received) ofSocket.set(chat, (received = new Received(this.spec.chats[chat]!.lastSeq)));
    received.add(seq);
  }

  /** Over all loads so far. */
  check(): Deliveries {
    return this.spec.numbered ? this.checkPlaces() : this.checkCounts();
  }

  private checkPlaces(): Deliveries {
    const last = this.spec.chats.map(({ lastSeq }, chat) => lastSeq + this.acknowledged[chat]!);
    for (const ofSocket of this.received)
      for (const [chat, { highest }] of ofSocket) last[chat] = Math.max(last[chat]!, highest);
    const missing = (socket: number, chat: number) =>
      this.received[socket]!.get(chat)?.missing(last[chat]!) ?? last[chat]! - this.spec.chats[chat]!.lastSeq;
    const lost = this.chatsOf.flatMap((chats, socket) => chats.map((chat) => missing(socket, chat)));
    const doubled = this.received.flatMap((ofSocket) => [...ofSocket.values()].map((one) => one.doubled));
    return { lost: sum(lost), doubled: sum(doubled) };
  }

  private checkCounts(): Deliveries {
    const over = this.chatsOf.map(
      (chats, socket) => this.counts[socket]! - sum(chats.map((chat) => this.acknowledged[chat]!)),
    );
    const unsure = (socket: number) => sum(this.chatsOf[socket]!.map((chat) => this.unsure[chat]!));
    return {
      lost: sum(over.map((count) => Math.max(0, -count))),
      doubled: sum(over.map((count, socket) => Math.max(0, count - unsure(socket)))),
    };
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

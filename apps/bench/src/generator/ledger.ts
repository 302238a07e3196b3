import type { GroupSpec, LoadResult } from './messages.js';
import { Received } from './received.js';

/** What the sockets of a group should have got, and what they got. */
export class Ledger {
  private readonly acknowledged: number[];
  private readonly unsure: number[];
  private readonly received: Received[];
  private readonly counts: number[];

  constructor(private readonly spec: GroupSpec) {
    this.acknowledged = spec.chats.map(() => 0);
    this.unsure = spec.chats.map(() => 0);
    this.counts = spec.sockets.map(() => 0);
    this.received = spec.sockets.map(({ chat }) => new Received(spec.chats[chat]!.lastSeq));
  }

  sent(chat: number): void {
    this.acknowledged[chat]!++;
  }

  /** Refused or unanswered: it may have been stored all the same. */
  maybeSent(chat: number): void {
    this.unsure[chat]!++;
  }

  got(socket: number, seq: number): void {
    this.counts[socket]!++;
    if (this.spec.numbered) this.received[socket]!.add(seq);
  }

  /** Over all loads so far. */
  check(): Pick<LoadResult, 'lost' | 'doubled'> {
    return this.spec.numbered ? this.checkPlaces() : this.checkCounts();
  }

  private checkPlaces(): Pick<LoadResult, 'lost' | 'doubled'> {
    const last = this.spec.chats.map(({ lastSeq }, chat) => lastSeq + this.acknowledged[chat]!);
    this.spec.sockets.forEach(({ chat }, socket) => {
      last[chat] = Math.max(last[chat]!, this.received[socket]!.highest);
    });
    const lost = this.sum(({ chat }, socket) => this.received[socket]!.missing(last[chat]!));
    return { lost, doubled: this.sum((_, socket) => this.received[socket]!.doubled) };
  }

  private checkCounts(): Pick<LoadResult, 'lost' | 'doubled'> {
    const over = (chat: number, socket: number) => this.counts[socket]! - this.acknowledged[chat]!;
    return {
      lost: this.sum(({ chat }, socket) => Math.max(0, -over(chat, socket))),
      doubled: this.sum(({ chat }, socket) => Math.max(0, over(chat, socket) - this.unsure[chat]!)),
    };
  }

  private sum(of: (socket: GroupSpec['sockets'][number], index: number) => number): number {
    return this.spec.sockets.reduce((total, socket, index) => total + of(socket, index), 0);
  }
}

import { Injectable } from '@nestjs/common';
import { guardedListener } from '../kernel/boundary.js';
import { Replicas } from '../cluster/homes/replicas.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import type { ReceiptKind } from './receipts.repository.js';

/** Between two facts of a kind about one chat, by one replica, and with how many others the time grows: no more than two a second in all. */
const everyMs = 1_000;
const everyMsByReplica = 500;

/** Markers of one chat that moved since it was told of last. */
type Moved = Map<string, number>;

/** Tells those who have a chat open how far others have read and got it: the first at once, then what has gathered, every second or so. */
@Injectable()
export class ReceiptTeller {
  private readonly gathering = new Map<string, Moved>();

  constructor(
    private readonly broadcaster: Broadcaster,
    private readonly replicas: Replicas,
  ) {}

  tell(kind: ReceiptKind, chatId: string, userId: string, seq: number): void {
    const key = `${kind}:${chatId}`;
    const moved = this.gathering.get(key);
    if (moved) {
      moved.set(userId, Math.max(seq, moved.get(userId) ?? 0));
      return;
    }
    this.send(kind, chatId, new Map([[userId, seq]]));
    this.gather(key, kind, chatId);
  }

  private gather(key: string, kind: ReceiptKind, chatId: string): void {
    this.gathering.set(key, new Map());
    const look = () => {
      const moved = this.gathering.get(key);
      this.gathering.delete(key);
      if (!moved || moved.size === 0) return;
      this.send(kind, chatId, moved);
      this.gather(key, kind, chatId);
    };
    const waitMs = Math.max(everyMs, everyMsByReplica * this.replicas.count);
    setTimeout(guardedListener('receipts', look), waitMs).unref();
  }

  private send(kind: ReceiptKind, chatId: string, moved: Moved): void {
    const [first, ...others] = Array.from(moved, ([userId, seq]) => ({ userId, seq }));
    if (!first) return;
    this.broadcaster.toOpen(chatId, `receipt:${kind}`, { chatId, ...first, ...(others.length > 0 && { others }) });
  }
}

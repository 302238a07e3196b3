import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener } from '../kernel/boundary.js';
import { ChatsRepository } from '../access/chats.repository.js';

/** A busy chat is refreshed this often, not once a message. */
const refreshDelayMs = 500;

interface Head {
  readonly seq: number;
  readonly at: Date;
}

/**
 * Keeps the chats' place in the list of chats (`lastActivityAt`) up to date, behind the messages and coalesced.
 * Nothing exact depends on it: last message, last seq and unread count are read from the messages themselves.
 */
@Injectable()
export class ActivityRefresher implements OnApplicationShutdown {
  private readonly moved = new Map<string, Head>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly chats: ChatsRepository,
    private readonly logger: PinoLogger,
  ) {}

  refresh(chatId: string, head: Head): void {
    const known = this.moved.get(chatId);
    if (known && known.seq >= head.seq) return;
    this.moved.set(chatId, head);
    this.timer ??= setTimeout(
      guardedListener('activity refresher', () => this.flush()),
      refreshDelayMs,
    );
  }

  onApplicationShutdown(): Promise<void> {
    return this.flush();
  }

  /** What cannot be written now is written by the next message of the chat. */
  private async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const heads = Array.from(this.moved, ([chatId, { seq, at }]) => ({ chatId, seq, at }));
    this.moved.clear();
    if (heads.length === 0) return;
    try {
      await this.chats.moveHeads(heads);
    } catch (err) {
      this.logger.warn({ err, chats: heads.length }, 'chat heads not refreshed');
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { ChatError } from '@roost/client';
import type { Sent } from '@roost/client';
import { Random } from '@roost/testing';
import { orFail } from '../../../../libs/command-line/src/index.mjs';
import type { Acknowledged, Written } from './messages.js';
import type { Person } from './person.js';

const lookEveryMs = 20;

/** Writes on a schedule that waits for no answer, and remembers what became of each message. */
export class Writing {
  private readonly random = new Random(1);
  private readonly acknowledged: Acknowledged[] = [];
  private readonly failed: Record<string, number> = {};
  private waiting = 0;
  private isOver = false;

  constructor(
    private readonly people: readonly Person[],
    private readonly textChars: number,
  ) {}

  /** Until `rest`. What came due while this process was busy is made up for. */
  async go(perSecond: number): Promise<void> {
    const startedAtMs = performance.now();
    for (let sent = 0; !this.isOver; await sleep(1)) {
      for (const due = ((performance.now() - startedAtMs) * perSecond) / 1000; sent < due; sent++) orFail(this.write());
    }
  }

  async rest(timeoutMs: number): Promise<Written> {
    this.isOver = true;
    const deadlineMs = performance.now() + timeoutMs;
    while (this.waiting > 0 && performance.now() < deadlineMs) await sleep(lookEveryMs);
    const { acknowledged, failed, waiting } = this;
    return { acknowledged, failed, waiting };
  }

  private async write(): Promise<void> {
    const person = this.random.pick(this.people);
    const sentAtMs = Date.now();
    this.waiting++;
    try {
      const chat = this.random.below(Number.MAX_SAFE_INTEGER);
      const sent = await person.send(chat, 'chat is a stream of short lines '.repeat(4).slice(0, this.textChars));
      this.acknowledged.push(entryOf(sent, sentAtMs));
    } catch (error) {
      const code = error instanceof ChatError ? error.code : String(error);
      this.failed[code] = (this.failed[code] ?? 0) + 1;
    } finally {
      this.waiting--;
    }
  }
}

function entryOf({ message }: Sent, sentAtMs: number): Acknowledged {
  const { chatId, id, seq, clientMessageId = '' } = message;
  return { chatId, id, seq, clientMessageId, sentAtMs, acknowledgedAtMs: Date.now() };
}

import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { WireTap } from '../cluster/wire-tap.js';
import { Clock } from '../kernel/clock.js';
import { overloaded } from '../kernel/overloaded.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { SequencedLog } from '../logs/sequenced-log.js';
import type { MessageDocument } from './message.schema.js';
import { MessagesRepository } from './messages.repository.js';
import { metrics } from './metrics.js';

/** The messages of all chats, numbered `seq`. */
@Injectable()
export class MessageLog extends SequencedLog<MessageDocument> {
  private readonly onLosses: ((chatId: string) => void)[];

  constructor(
    messages: MessagesRepository,
    tap: WireTap,
    clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    const onLosses: ((chatId: string) => void)[] = [];
    super(messages, {
      clock,
      observe: ({ chatId, size, lost }) => {
        metrics.sequencerBatchSize.observe(size);
        if (lost === 0) return;
        metrics.sequencerCollisionsTotal.inc();
        for (const listener of onLosses) listener(chatId);
      },
    });
    this.onLosses = onLosses;
    // Places taken by other replicas, known before we would collide with them.
    tap.on('message:new', ({ chatId, seq, createdAt }) => {
      metrics.messageTravelSeconds.observe(Math.max(0, clock.nowMs() - Date.parse(createdAt)) / 1000);
      this.heard(chatId, seq);
    });
  }

  /** Calls `listener` with each chat in which another replica was faster. */
  onLost(listener: (chatId: string) => void): void {
    this.onLosses.push(listener);
  }

  /**
   * Whoever comes while others wait is told so at once, instead of being answered when they have long stopped waiting.
   *
   * @throws ChatError server/overloaded where a message that came now would wait longer than SEND_WAIT_MAX_MS
   */
  requireRoom(chatId: string): void {
    const { sendWaitMaxMs } = this.settings;
    const waitMs = this.expectedWaitMs(chatId);
    metrics.sendExpectedWaitSeconds.observe(waitMs / 1000);
    if (sendWaitMaxMs === 0 || waitMs <= sendWaitMaxMs) return;
    metrics.sendsOverloadedTotal.inc();
    throw overloaded();
  }
}

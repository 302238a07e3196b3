import { Injectable } from '@nestjs/common';
import { WireTap } from '../cluster/wire-tap.js';
import { Clock } from '../kernel/clock.js';
import { SequencedLog } from '../logs/sequenced-log.js';
import type { MessageDocument } from './message.schema.js';
import { MessagesRepository } from './messages.repository.js';
import { metrics } from './metrics.js';

/** The messages of all chats, numbered `seq`. */
@Injectable()
export class MessageLog extends SequencedLog<MessageDocument> {
  constructor(messages: MessagesRepository, tap: WireTap, clock: Clock) {
    super(messages, {
      clock,
      observe: ({ size, lost }) => {
        metrics.sequencerBatchSize.observe(size);
        if (lost > 0) metrics.sequencerCollisionsTotal.inc();
      },
    });
    // Places taken by other replicas, known before we would collide with them.
    tap.on('message:new', ({ chatId, seq, createdAt }) => {
      metrics.messageTravelSeconds.observe(Math.max(0, clock.nowMs() - Date.parse(createdAt)) / 1000);
      this.heard(chatId, seq);
    });
  }
}

import { Injectable } from '@nestjs/common';
import { metrics } from '@roost/observability';
import { FactListener } from '../cluster/fact-listener.js';
import { SequencedLog } from '../logs/sequenced-log.js';
import type { MessageDocument } from './message.schema.js';
import { MessagesRepository } from './messages.repository.js';

/** The messages of all chats, numbered `seq`. */
@Injectable()
export class MessageLog extends SequencedLog<MessageDocument> {
  constructor(messages: MessagesRepository, facts: FactListener) {
    super(messages, {
      observe: ({ size, lost }) => {
        metrics.sequencerBatchSize.observe(size);
        if (lost > 0) metrics.sequencerCollisionsTotal.inc();
      },
    });
    // Places taken by other replicas, known before we would collide with them.
    facts.on('message:new', ({ chatId, seq }) => this.heard(chatId, seq));
  }
}

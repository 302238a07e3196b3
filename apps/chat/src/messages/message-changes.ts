import { Injectable } from '@nestjs/common';
import { ChangeLog } from '../changes/change-log.js';
import type { MessageDocument } from './message.schema.js';
import { MessagesRepository } from './messages.repository.js';
import { sentTextHashOf } from './sent-text.js';

/** Applies changes of messages. */
@Injectable()
export class MessageChanges {
  constructor(
    changes: ChangeLog,
    private readonly messages: MessagesRepository,
  ) {
    changes.onApply('message:edited', async ({ rev, at, body: { messageId, text } }) => {
      const sentTextHash = sentTextHashOf(await this.changed(messageId));
      await this.messages.setText(messageId, { text, sentTextHash, rev, at });
    });
    changes.onApply('message:deleted', async ({ at, body: { messageId } }) => {
      await this.messages.bury(messageId, sentTextHashOf(await this.changed(messageId)), at);
    });
  }

  private async changed(messageId: string): Promise<MessageDocument> {
    const message = await this.messages.byId(messageId);
    if (!message) throw new Error(`message ${messageId} was changed and is not there`);
    return message;
  }
}

import { Injectable } from '@nestjs/common';
import { ChangeLog } from '../changes/change-log.js';
import { ChatsRepository } from './chats.repository.js';

/** Applies changes of a chat itself. */
@Injectable()
export class ChatChanges {
  constructor(changes: ChangeLog, chats: ChatsRepository) {
    changes.onApply('chat:updated', ({ chatId, rev, body: { title } }) =>
      chats.setTitle(chatId.toHexString(), title, rev),
    );
    changes.onApply('chat:deleted', ({ chatId }) => chats.markDeleted(chatId.toHexString()));
  }
}

import { Injectable } from '@nestjs/common';
import { ChatsRepository } from '../access/chats.repository.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { ChangeKinds } from '../logs/change-kinds.js';
import { Broadcaster } from '../sockets/broadcaster.js';

declare module '../logs/change-kinds.js' {
  interface ChangeBodies {
    'chat:updated': { readonly title: string };
    'chat:deleted': Record<string, never>;
  }
}

/** The changes of a chat itself. */
@Injectable()
export class ChatChanges {
  constructor(kinds: ChangeKinds, chats: ChatsRepository, broadcaster: Broadcaster, clusterEvents: ClusterEvents) {
    kinds.register('chat:updated', {
      apply: ({ chatId, rev, body: { title } }) => chats.setTitle(chatId.toHexString(), title, rev),
      show: ({ body: { title } }) => Promise.resolve({ chat: { title } }),
    });
    kinds.register('chat:deleted', {
      apply: ({ chatId }) => chats.markDeleted(chatId.toHexString()),
      tell: (fact) => {
        broadcaster.toChat(fact.chatId, fact.kind, fact);
        // The rooms are emptied after the last fact.
        clusterEvents.emit('chat:deleted', { chatId: fact.chatId });
      },
    });
  }
}

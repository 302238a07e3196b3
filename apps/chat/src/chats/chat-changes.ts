import { Injectable } from '@nestjs/common';
import { ChatsRepository } from '../access/chats.repository.js';
import { MembersRepository } from '../access/members.repository.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { ChangeKinds, oneByOne } from '../logs/change-kinds.js';
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
  constructor(
    kinds: ChangeKinds,
    chats: ChatsRepository,
    members: MembersRepository,
    broadcaster: Broadcaster,
    clusterEvents: ClusterEvents,
  ) {
    kinds.register('chat:updated', {
      key: () => 'title',
      apply: oneByOne(({ chatId, rev, body: { title } }) => chats.setTitle(chatId.toHexString(), title, rev)),
      show: (changes) => Promise.resolve(changes.map(({ body: { title } }) => ({ chat: { title } }))),
    });
    kinds.register('chat:deleted', {
      apply: oneByOne(async ({ chatId }) => {
        const id = chatId.toHexString();
        await chats.markDeleted(id);
        await members.endAll(id);
      }),
      tell: (fact) => {
        broadcaster.toChat(fact.chatId, fact.kind, fact);
        // The rooms are emptied after the last fact.
        clusterEvents.emit('chat:deleted', { chatId: fact.chatId });
      },
    });
  }
}

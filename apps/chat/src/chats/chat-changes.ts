import { Injectable } from '@nestjs/common';
import type { ChatSettings } from '@roost/contract';
import { ChatsRepository } from '../access/chats.repository.js';
import { MembersRepository } from '../access/members.repository.js';
import { defaultSettings } from '../access/roles.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { ChangeKinds, oneByOne } from '../logs/change-kinds.js';
import type { ChangeOf } from '../logs/change-kinds.js';
import { Broadcaster } from '../sockets/broadcaster.js';

declare module '../logs/change-kinds.js' {
  interface ChangeBodies {
    /** A title, or all settings as they are then, or both. */
    'chat:updated': Readonly<{ title?: string } & Partial<ChatSettings>>;
    'chat:deleted': Record<string, never>;
  }
}

/** The changes of a chat itself. */
@Injectable()
export class ChatChanges {
  constructor(
    kinds: ChangeKinds,
    private readonly chats: ChatsRepository,
    members: MembersRepository,
    broadcaster: Broadcaster,
    private readonly clusterEvents: ClusterEvents,
  ) {
    kinds.register('chat:updated', {
      // One of both says less than the one before it of either.
      key: (body) => {
        const { title, settings } = partsOf(body);
        if (title !== undefined && settings) return undefined;
        return settings ? 'settings' : 'title';
      },
      apply: oneByOne((change) => this.update(change)),
      show: (changes) => Promise.resolve(changes.map(({ body }) => ({ chat: partsOf(body) }))),
    });
    kinds.register('chat:deleted', {
      apply: oneByOne(async ({ chatId }) => {
        const id = chatId.toHexString();
        await this.chats.markDeleted(id);
        await members.endAll(id);
      }),
      tell: (fact) => {
        broadcaster.toChat(fact.chatId, fact.kind, fact);
        // The rooms are emptied after the last fact.
        this.clusterEvents.emit('chat:deleted', { chatId: fact.chatId });
      },
    });
  }

  private async update({ chatId, rev, body }: ChangeOf<'chat:updated'>): Promise<void> {
    const id = chatId.toHexString();
    const { title, settings } = partsOf(body);
    if (title !== undefined) await this.chats.setTitle(id, title, rev);
    if (!settings) return;
    await this.chats.setSettings(id, settings, rev);
    // From the answer on they hold on every replica.
    await this.clusterEvents.emitAndWait('settings:changed', { chatId: id });
  }
}

function partsOf({ title, ...settings }: ChangeOf<'chat:updated'>['body']) {
  const hasSettings = Object.keys(settings).length > 0;
  return {
    ...(title !== undefined && { title }),
    ...(hasSettings && { settings: { ...defaultSettings, ...settings } }),
  };
}

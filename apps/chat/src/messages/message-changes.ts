import { Injectable } from '@nestjs/common';
import { MembersRepository } from '../access/members.repository.js';
import { Profiles } from '../accounts/users/profiles.js';
import { ChangeKinds, oneByOne } from '../logs/change-kinds.js';
import type { MessageDocument } from './message.schema.js';
import { messageViews } from './message.view.js';
import { MessagesRepository } from './messages.repository.js';
import { ReactionsRepository } from './reactions/reactions.repository.js';
import { sentTextHashOf } from './sent-text.js';

declare module '../logs/change-kinds.js' {
  interface ChangeBodies {
    /** `before` is the text that was replaced: the edit history. */
    'message:edited': {
      readonly messageId: string;
      readonly text: string;
      readonly before: string;
      /** Who made it waits before they make another. */
      readonly isSlow?: true;
    };
    'message:deleted': { readonly messageId: string; readonly seq: number };
  }
}

/** The changes of messages. */
@Injectable()
export class MessageChanges {
  constructor(
    kinds: ChangeKinds,
    private readonly messages: MessagesRepository,
    private readonly profiles: Profiles,
    private readonly reactions: ReactionsRepository,
    private readonly members: MembersRepository,
  ) {
    kinds.register('message:edited', {
      key: ({ messageId }) => `text ${messageId}`,
      apply: oneByOne(async ({ chatId, by, rev, at, body: { messageId, text, isSlow } }) => {
        const sentTextHash = sentTextHashOf(await this.changed(messageId));
        await this.messages.setText(messageId, { text, sentTextHash, rev, at });
        if (isSlow) await this.members.noteEdit(chatId, by, { rev, at });
      }),
      show: async (changes) => {
        const found = await this.messages.byIds(new Set(changes.map(({ body }) => body.messageId)));
        const senders = await this.profiles.all(found.map(({ senderId }) => senderId.toHexString()));
        const views = new Map(messageViews(found, senders).map((message) => [message.id, message]));
        return changes.map(({ body }) => {
          const message = views.get(body.messageId);
          return message && { message };
        });
      },
    });
    kinds.register('message:deleted', {
      apply: oneByOne(async ({ at, body: { messageId } }) => {
        await this.messages.bury(messageId, sentTextHashOf(await this.changed(messageId)), at);
        await this.reactions.forget(messageId);
      }),
    });
  }

  private async changed(messageId: string): Promise<MessageDocument> {
    const message = await this.messages.byId(messageId);
    if (!message) throw new Error(`message ${messageId} was changed and is not there`);
    return message;
  }
}

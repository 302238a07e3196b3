import { Injectable } from '@nestjs/common';
import { ChangeKinds } from '../../logs/change-kinds.js';
import type { ChangeOf } from '../../logs/change-kinds.js';
import { MessagesRepository } from '../messages.repository.js';
import { ReactionsRepository } from './reactions.repository.js';

declare module '../../logs/change-kinds.js' {
  interface ChangeBodies {
    /** That its reactions have changed; what they are is counted when it is applied. */
    'message:reacted': { readonly messageId: string; readonly seq: number };
  }
}

/** The change that tells the reactions of a message. */
@Injectable()
export class ReactionChanges {
  constructor(
    kinds: ChangeKinds,
    private readonly messages: MessagesRepository,
    private readonly reactions: ReactionsRepository,
  ) {
    kinds.register('message:reacted', {
      key: ({ messageId }) => `reactions ${messageId}`,
      apply: async (changes) => {
        // Of several of one message the last counts for all.
        for (const change of new Map(changes.map((one) => [one.body.messageId, one])).values())
          await this.count(change);
      },
      show: async (changes) => {
        const found = await this.messages.byIds(new Set(changes.map(({ body }) => body.messageId)));
        const shown = new Map(found.map((message) => [message._id.toHexString(), message.reactions ?? []]));
        return changes.map(({ body: { messageId, seq } }) => {
          const all = shown.get(messageId);
          return all && { messageId, seq, reactions: [...all] };
        });
      },
    });
  }

  /** What was said before it is counted is told by this; where a later change has counted, that one tells it. */
  private async count({ rev, at, body: { messageId } }: ChangeOf<'message:reacted'>): Promise<void> {
    const told = await this.reactions.pendingOf(messageId);
    const reactions = await this.reactions.summaryOf(messageId);
    if (await this.messages.setReactions(messageId, { reactions, rev, at })) await this.reactions.settle(told);
  }
}

import { Injectable } from '@nestjs/common';
import { ChangesRepository } from '../logs/changes.repository.js';
import { ClusterEvents } from '../cluster/cluster-events.js';

/** What the log says last of each person of a chat. */
type Last = Map<string, { readonly rev: number; readonly joined: boolean }>;

/**
 * Catches changes of membership and settings that no cluster event told this replica of: reads them from the log and says them here, so
 * that the sockets of the people concerned are in their rooms or out of them, and what is remembered of their access is
 * forgotten. Where the event came, this changes nothing.
 */
@Injectable()
export class MembershipNet {
  constructor(
    private readonly changes: ChangesRepository,
    private readonly clusterEvents: ClusterEvents,
  ) {}

  async catchSince(moment: Date): Promise<void> {
    const lastOf = new Map<string, Last>();
    for await (const { chatId, rev, kind, body } of this.changes.accessSince(moment)) {
      const id = chatId.toHexString();
      if (kind === 'chat:updated') {
        if (body.slowModeSeconds !== undefined) this.clusterEvents.emitHere('settings:changed', { chatId: id });
        continue;
      }
      const last: Last = lastOf.get(id) ?? new Map();
      lastOf.set(id, last);
      if (kind === 'chat:deleted') this.clusterEvents.emitHere('chat:deleted', { chatId: id });
      else
        for (const userId of peopleOf(body))
          if (rev > (last.get(userId)?.rev ?? 0)) last.set(userId, { rev, joined: kind !== 'member:removed' });
    }
    for (const [chatId, last] of lastOf) this.say(chatId, last);
  }

  private say(chatId: string, last: Last): void {
    const all = [...last];
    const idsOf = (joined: boolean) => all.filter(([, one]) => one.joined === joined).map(([userId]) => userId);
    const revs = Object.fromEntries(all.map(([userId, { rev }]) => [userId, rev]));
    this.clusterEvents.emitHere('membership:changed', { chatId, joined: idsOf(true), left: idsOf(false), revs });
  }
}

/** Those of whom it may be different now who is in the chat, and as what. */
const peopleOf = (body: { readonly userId: string; readonly previousOwnerId?: string }): readonly string[] =>
  body.previousOwnerId === undefined ? [body.userId] : [body.userId, body.previousOwnerId];

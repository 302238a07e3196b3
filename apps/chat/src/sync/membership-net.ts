import { Injectable } from '@nestjs/common';
import { ChangesRepository } from '../logs/changes.repository.js';
import { MembersRepository } from '../access/members.repository.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { LocalSockets } from '../sockets/local-sockets.js';
import { userRoom } from '../sockets/rooms.js';

/**
 * Catches changes of membership that no cluster event told this replica of: reads them from the log, and brings the
 * sockets of the people concerned into their rooms or out of them; what is remembered of their access is forgotten.
 * Where the event came, this changes nothing.
 */
@Injectable()
export class MembershipNet {
  constructor(
    private readonly changes: ChangesRepository,
    private readonly members: MembersRepository,
    private readonly clusterEvents: ClusterEvents,
    private readonly sockets: LocalSockets,
  ) {}

  async catchSince(moment: Date): Promise<void> {
    const concerned = new Map<string, Set<string>>();
    for await (const { chatId, kind, body } of this.changes.membershipsSince(moment)) {
      const id = chatId.toHexString();
      if (kind === 'chat:deleted') this.clusterEvents.emitHere('chat:deleted', { chatId: id });
      else concerned.set(id, (concerned.get(id) ?? new Set()).add(body.userId));
    }
    for (const [chatId, userIds] of concerned) await this.reconcile(chatId, [...userIds]);
  }

  /** For those without a socket here it is enough to forget what is remembered of them. */
  private async reconcile(chatId: string, userIds: readonly string[]): Promise<void> {
    const here = userIds.filter((userId) => this.sockets.isInUse(userRoom(userId)));
    const members = here.length > 0 ? await this.members.among(chatId, here) : [];
    const joined = members.map((member) => member.userId.toHexString());
    const left = userIds.filter((userId) => !joined.includes(userId));
    this.clusterEvents.emitHere('membership:changed', { chatId, joined, left });
  }
}

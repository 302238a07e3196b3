import { Injectable } from '@nestjs/common';
import { MembersRepository } from '../access/members.repository.js';
import { ClusterEvents } from '../cluster/cluster-events.js';

/** Tells all replicas of people whose membership was changed: their sockets are in the room or out of it, and roles are read anew. */
@Injectable()
export class MembershipAnnouncer {
  constructor(
    private readonly members: MembersRepository,
    private readonly clusterEvents: ClusterEvents,
  ) {}

  /** Says what is so now, which a later change may have decided already. */
  async announce(chatId: string, userIds: ReadonlySet<string>): Promise<void> {
    const members = await this.members.everAmong(chatId, [...userIds]);
    const [joined, left]: [string[], string[]] = [[], []];
    const revs: Record<string, number> = {};
    for (const { userId, active, rev } of members) {
      const id = userId.toHexString();
      (active ? joined : left).push(id);
      revs[id] = rev;
    }
    await this.clusterEvents.emitAndWait('membership:changed', { chatId, joined, left, revs });
  }
}

import { Injectable } from '@nestjs/common';
import type { Presence } from '@roost/contract';
import { UsersRepository } from '../accounts/users/users.repository.js';
import { OwnPeople } from './own-people.js';
import { PresenceStore } from './presence.store.js';
import type { States } from './presence.store.js';

/** Where people are, as far as that can be known now. */
@Injectable()
export class PresenceReader {
  constructor(
    private readonly store: PresenceStore,
    private readonly people: OwnPeople,
    private readonly users: UsersRepository,
  ) {}

  /** Those of whom nothing can be said, for Redis is away and they are not here, are left out. Never rejects. */
  async of(userIds: readonly string[]): Promise<Presence[]> {
    const states = await this.statesOf(userIds);
    const gone = Array.from(states).flatMap(([userId, state]) => (state === 'offline' ? userId : []));
    const lastSeen = await this.lastSeenOf(gone);
    return Array.from(states, ([userId, state]) => {
      const at = lastSeen.get(userId);
      return { userId, state, ...(at && { lastSeenAt: at.toISOString() }) };
    });
  }

  private async statesOf(userIds: readonly string[]): Promise<States> {
    try {
      return await this.store.read(userIds);
    } catch {
      // That Redis is away is known and told elsewhere. Who is here is here.
      const here = userIds.map((userId) => [userId, this.people.stateOf(userId)] as const);
      return new Map(here.filter(([, state]) => state !== 'offline'));
    }
  }

  private async lastSeenOf(userIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    if (userIds.length === 0) return new Map();
    try {
      return await this.users.lastSeen(userIds);
    } catch {
      // So is that the store is away: they are offline in any case.
      return new Map();
    }
  }
}

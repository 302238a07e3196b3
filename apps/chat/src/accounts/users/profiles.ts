import { Inject, Injectable } from '@nestjs/common';
import { User } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { LRUCache } from 'lru-cache';
import { ClusterEvents } from '../../cluster/cluster-events.js';
import { atMost } from '../../kernel/at-most.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { SingleFlight } from '../../kernel/single-flight.js';
import { UsersRepository } from './users.repository.js';
import type { ProfileDocument } from './users.repository.js';

const profilesMax = 50_000;

/**
 * Names and pictures as they are shown beside messages, remembered for a short time. A replica that was not told of a change shows it
 * PROFILE_CACHE_MS late.
 */
@Injectable()
export class Profiles {
  private readonly known: LRUCache<string, User>;
  private readonly loading = new SingleFlight<Map<string, User>>();
  /** How often anybody was said to be another: what was read before that may be outdated, and is not remembered. */
  private changes = 0;

  constructor(
    private readonly users: UsersRepository,
    clusterEvents: ClusterEvents,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.known = new LRUCache({ ...atMost(profilesMax), ttl: settings.profileCacheMs });
    clusterEvents.on('user:changed', ({ userId }) => {
      this.changes++;
      this.known.delete(userId);
      this.loading.forget(userId);
    });
  }

  async of(userId: string): Promise<User> {
    const known = this.known.get(userId);
    if (known) return known;
    const found = await this.loading.run(userId, () => this.all([userId]));
    return found.get(userId) ?? unknownUser(userId);
  }

  /** Those of the given users that exist, each read at most once. */
  async all(userIds: Iterable<string>): Promise<Map<string, User>> {
    const found = new Map<string, User>();
    const missing: string[] = [];
    for (const userId of new Set(userIds)) {
      const user = this.known.get(userId);
      if (user) found.set(userId, user);
      else missing.push(userId);
    }
    if (missing.length === 0) return found;
    const { changes } = this;
    for (const document of await this.users.profiles(missing)) {
      const user = userView(document);
      if (changes === this.changes) this.known.set(user.id, user);
      found.set(user.id, user);
    }
    return found;
  }
}

/** The sender of an old message whose account is gone. */
export const unknownUser = (id: string): User => ({ id, displayName: 'Unknown' });

/** What is no address of a picture, or too long a one, is left out: it would be in every answer. */
export function userView({ _id, displayName, avatarUrl: stored, profileRev }: ProfileDocument): User {
  const avatarUrl = User.shape.avatarUrl.safeParse(stored).data;
  return {
    id: _id.toHexString(),
    displayName,
    ...(avatarUrl !== undefined && { avatarUrl }),
    ...(profileRev && { profileRev }),
  };
}

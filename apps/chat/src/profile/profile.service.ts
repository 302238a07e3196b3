import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Me, RequestOf } from '@roost/contract';
import { OwnPlacesRepository } from '../access/own-places.repository.js';
import { userView } from '../accounts/users/profiles.js';
import { meView } from '../accounts/users/users.service.js';
import { UsersRepository } from '../accounts/users/users.repository.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { batches } from '../kernel/batches.js';
import type { Caller } from '../kernel/caller.js';
import { Broadcaster } from '../sockets/broadcaster.js';

/** Chats that are told in one publish: of somebody in thousands it is not to be too large. */
const chatsAtOnce = 500;

/** How people are shown to others. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly users: UsersRepository,
    private readonly own: OwnPlacesRepository,
    private readonly clusterEvents: ClusterEvents,
    private readonly broadcaster: Broadcaster,
  ) {}

  /**
   * The caller has this name or picture from now on; what is so already is told again. All who share a chat with them hear of it, and every
   * replica shows it.
   */
  async update({ userId }: Caller, wish: RequestOf<'me:update'>): Promise<Me> {
    const user = await this.users.updateProfile(userId, wish);
    if (!user) throw new ChatError('auth/token_invalid');
    await this.clusterEvents.emitAndWait('user:changed', { userId });
    const now = userView(user);
    this.broadcaster.toUser(userId, 'user:updated', now);
    for (const chatIds of batches(await this.own.chatIdsOf(userId), chatsAtOnce))
      this.broadcaster.toChatsBeside(chatIds, userId, 'user:updated', now);
    return meView(user);
  }
}

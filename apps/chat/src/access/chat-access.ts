import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { ChatType, Role } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { LRUCache } from 'lru-cache';
import { MembersRepository } from './members.repository.js';
import type { Caller } from '../kernel/caller.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { DeliveryWatch } from '../cluster/delivery-watch.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { SingleFlight } from '../kernel/single-flight.js';
import { ChatsRepository } from './chats.repository.js';
import { mayDo } from './roles.js';
import type { Action } from './roles.js';

/** What a caller may know of a chat once it is clear that they are a member. */
export interface Access {
  readonly chatId: string;
  readonly type: ChatType;
  readonly role: Role;
}

const accessesMax = 100_000;
const deletionsMax = 10_000;

/** How old what is remembered may be while changes may not be heard of. */
const degradedTrustMs = 5_000;

interface Remembered {
  readonly access: Access;
  readonly readAtMs: number;
}

/**
 * The only way to a chat is through the caller: what one may not see does not exist.
 *
 * Memberships are remembered for MEMBERSHIP_CACHE_MS and forgotten at once where a cluster event says that they
 * changed. An event that was lost is made up for from the log (`MembershipNet`), and while this replica knows that it
 * does not hear the others, it trusts only what it read within seconds.
 */
@Injectable()
export class ChatAccess {
  private readonly known: LRUCache<string, Remembered>;
  /** Chats deleted lately: what is remembered of their members no longer holds. One entry, however many they are. */
  private readonly deleted: LRUCache<string, true>;
  private readonly loading = new SingleFlight<Access | undefined>();
  /** Counts the changes heard of: what was read before one may be outdated, and is used, but not remembered. */
  private changes = 0;

  constructor(
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    clusterEvents: ClusterEvents,
    private readonly delivery: DeliveryWatch,
    @Inject(SETTINGS) settings: Settings,
  ) {
    const ttl = settings.membershipCacheMs;
    this.known = new LRUCache({ max: accessesMax, ttl });
    this.deleted = new LRUCache({ max: deletionsMax, ttl });
    clusterEvents.on('membership:changed', ({ chatId, joined, left }) => {
      this.changed();
      for (const userId of [...joined, ...left]) this.known.delete(keyOf(chatId, userId));
    });
    clusterEvents.on('chat:deleted', ({ chatId }) => {
      this.changed();
      this.deleted.set(chatId, true);
    });
  }

  /**
   * @throws ChatError chat/access_denied for a chat that is not there, was deleted or is somebody else's (nobody can
   * tell which); chat/role_required for members whose role does not allow the action
   */
  async forMember(caller: Caller, chatId: string, action?: Action): Promise<Access> {
    const access = this.remembered(caller.userId, chatId) ?? (await this.load(caller.userId, chatId));
    if (!access) throw new ChatError('chat/access_denied');
    if (action && !mayDo(access.role, action)) throw new ChatError('chat/role_required');
    return access;
  }

  private remembered(userId: string, chatId: string): Access | undefined {
    const known = this.deleted.has(chatId) ? undefined : this.known.get(keyOf(chatId, userId));
    if (!known || this.delivery.current.state === 'ok') return known?.access;
    return performance.now() - known.readAtMs < degradedTrustMs ? known.access : undefined;
  }

  private changed(): void {
    this.changes++;
    this.loading.forget();
  }

  private load(userId: string, chatId: string): Promise<Access | undefined> {
    return this.loading.run(keyOf(chatId, userId), () => this.read(userId, chatId));
  }

  private async read(userId: string, chatId: string): Promise<Access | undefined> {
    const changes = this.changes;
    const readAtMs = performance.now();
    const [member, chat] = await Promise.all([this.members.find(chatId, userId), this.chats.byId(chatId)]);
    if (!member || !chat) return undefined;
    const access = { chatId, type: chat.type, role: member.role };
    if (changes === this.changes) this.known.set(keyOf(chatId, userId), { access, readAtMs });
    return access;
  }
}

const keyOf = (chatId: string, userId: string) => `${chatId}:${userId}`;

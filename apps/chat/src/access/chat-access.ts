import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { ChatSettings, Role } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { LRUCache } from 'lru-cache';
import { atMost } from '../kernel/at-most.js';
import { MembersRepository } from './members.repository.js';
import type { Caller } from '../kernel/caller.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { DeliveryProbe } from '../cluster/delivery-probe.js';
import { MembershipNews } from '../cluster/membership-news.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { SingleFlight } from '../kernel/single-flight.js';
import type { IsCurrent } from '../kernel/single-flight.js';
import { ChatsRepository } from './chats.repository.js';
import type { ChatDocument } from './chat.schema.js';
import { isEveryday, mayDo, roleOf, settingsOf } from './roles.js';
import type { Action, OwnedChat } from './roles.js';

/** What a caller may know of a chat once it is clear that they are a member. */
export interface Access extends OwnedChat {
  readonly chatId: string;
  readonly role: Role;
  readonly settings: ChatSettings;
}

const accessesMax = 100_000;
/** Chats that were deleted lately, or have other settings. */
const chatsMax = 10_000;

/** How old what is remembered may be while changes may not be heard of. */
const degradedTrustMs = 5_000;

interface Remembered {
  readonly access: Access;
  readonly readAtMs: number;
  /** How often the chat's settings had changed before. */
  readonly resets: number;
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
  /** How often the settings of chats changed lately: what was read before that no longer holds. Likewise one entry. */
  private readonly resets: LRUCache<string, number>;
  private readonly loading = new SingleFlight<Access | undefined>();

  constructor(
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    news: MembershipNews,
    clusterEvents: ClusterEvents,
    private readonly delivery: DeliveryProbe,
    @Inject(SETTINGS) settings: Settings,
  ) {
    const ttl = settings.membershipCacheMs;
    this.known = new LRUCache({ ...atMost(accessesMax), ttl });
    this.deleted = new LRUCache({ ...atMost(chatsMax), ttl });
    this.resets = new LRUCache({ ...atMost(chatsMax), ttl });
    news.watch(({ chatId, joined, left }) => {
      for (const userId of [...joined, ...left]) this.forget(chatId, userId);
    });
    clusterEvents.on('chat:deleted', ({ chatId }) => this.deleted.set(chatId, true));
    clusterEvents.on('settings:changed', ({ chatId }) => this.resets.set(chatId, this.resetsOf(chatId) + 1));
  }

  /**
   * @throws ChatError chat/access_denied for a chat that is not there, was deleted or is somebody else's (nobody can
   * tell which); chat/role_required for members whose role does not allow the action, which is read from the store for all
   * that is not done all the time
   */
  async forMember(caller: Pick<Caller, 'userId'>, chatId: string, action?: Action): Promise<Access> {
    if (action && !isEveryday(action)) return this.forMemberNow(caller, chatId, action);
    const access = this.deleted.has(chatId) ? undefined : await this.of(caller.userId, chatId);
    return allowing(access, action);
  }

  /** The same, with a role that the member had after this was called: for what is decided on it. */
  async forMemberNow({ userId }: Pick<Caller, 'userId'>, chatId: string, action?: Action): Promise<Access> {
    return allowing(await this.stored(userId, chatId), action);
  }

  private of(userId: string, chatId: string): Promise<Access | undefined> | Access {
    const key = keyOf(chatId, userId);
    const resets = this.resetsOf(chatId);
    const load = (isCurrent: IsCurrent) => this.read(userId, chatId, resets, isCurrent);
    return this.remembered(key, resets) ?? this.loading.run(`${key}:${resets}`, load);
  }

  private resetsOf(chatId: string): number {
    return this.resets.get(chatId) ?? 0;
  }

  private remembered(key: string, resets: number): Access | undefined {
    const known = this.known.get(key);
    if (known?.resets !== resets) return undefined;
    if (this.delivery.current.state === 'ok') return known.access;
    return performance.now() - known.readAtMs < degradedTrustMs ? known.access : undefined;
  }

  private forget(chatId: string, userId: string): void {
    const key = keyOf(chatId, userId);
    this.known.delete(key);
    this.loading.forget(`${key}:${this.resetsOf(chatId)}`);
  }

  /** What was read before a change of this membership was heard of may be outdated: it is used, but not remembered. */
  private async read(
    userId: string,
    chatId: string,
    resets: number,
    isCurrent: IsCurrent,
  ): Promise<Access | undefined> {
    const readAtMs = performance.now();
    const access = await this.stored(userId, chatId);
    if (access && isCurrent()) this.known.set(keyOf(chatId, userId), { access, readAtMs, resets });
    return access;
  }

  private async stored(userId: string, chatId: string): Promise<Access | undefined> {
    const [member, chat] = await Promise.all([this.members.find(chatId, userId), this.chats.byId(chatId)]);
    if (!member || !chat) return undefined;
    return { chatId, ...ownedBy(chat), role: roleOf(chat, member), settings: settingsOf(chat) };
  }
}

const ownedBy = ({ type, ownerId }: ChatDocument): OwnedChat => ({ type, ...(ownerId && { ownerId }) });

function allowing(access: Access | undefined, action: Action | undefined): Access {
  if (!access) throw new ChatError('chat/access_denied');
  if (action && !mayDo(access.role, action, access.settings)) throw new ChatError('chat/role_required');
  return access;
}

const keyOf = (chatId: string, userId: string) => `${chatId}:${userId}`;

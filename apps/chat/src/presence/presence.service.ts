import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Presence } from '@roost/contract';
import { MembersRepository } from '../access/members.repository.js';
import { OwnPlacesRepository } from '../access/own-places.repository.js';
import { UsersRepository } from '../accounts/users/users.repository.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { DeliveryProbe } from '../cluster/delivery-probe.js';
import { MembershipNews } from '../cluster/membership-news.js';
import { batches } from '../kernel/batches.js';
import { runInBackground } from '../kernel/boundary.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { Clock } from '../kernel/clock.js';
import { LocalSockets } from '../sockets/local-sockets.js';
import { OwnPeople } from './own-people.js';
import { keepEveryMs, PresenceStore } from './presence.store.js';
import type { States } from './presence.store.js';
import { PresenceWatch } from './presence.watch.js';

/** People in one event between replicas. */
const toldAtOnce = 500;

/** Whether people are there, told to those who watch them. */
@Injectable()
export class PresenceService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stops: (() => void)[] = [];
  /** Whether Redis was told all that moved. */
  private isNoted = true;

  constructor(
    private readonly people: OwnPeople,
    private readonly store: PresenceStore,
    private readonly watch: PresenceWatch,
    private readonly own: OwnPlacesRepository,
    private readonly members: MembersRepository,
    private readonly users: UsersRepository,
    private readonly sockets: LocalSockets,
    private readonly clusterEvents: ClusterEvents,
    private readonly news: MembershipNews,
    private readonly delivery: DeliveryProbe,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.people.onMoved((states) => runInBackground('presence', () => this.moved(states)));
    this.clusterEvents.on('presence:moved', ({ userIds }) => this.watch.mark(userIds));
    this.news.watch(({ left }) => {
      if (left.length > 0) runInBackground('presence', () => this.endWatches(left));
    });
    this.clusterEvents.on('chat:deleted', ({ chatId }) => runInBackground('presence', () => this.chatDeleted(chatId)));
    runInBackground('presence', () => Promise.allSettled([this.store.put(new Map())]));
    this.stops.push(this.clock.every('presence', keepEveryMs, () => this.keep()));
  }

  beforeApplicationShutdown(): void {
    for (const stop of this.stops) stop();
  }

  /** Who of these is there, and from now on what changes of that; who shares no chat with the caller is left out. */
  async add(socket: ChatSocket, userIds: readonly string[]): Promise<Presence[]> {
    const known = await this.sharing(socket.data.caller.userId, userIds);
    return this.watch.add(socket, [...known]);
  }

  /** Told after it is noted: who hears of it looks there. */
  private async moved(states: States): Promise<void> {
    const gone = Array.from(states).flatMap(([userId, state]) => (state === 'offline' ? userId : []));
    // What one of them does not take is made up for, or looked at, within seconds.
    await Promise.allSettled([this.note(states), this.users.seen(gone, new Date(this.clock.nowMs()))]);
    for (const userIds of batches([...states.keys()], toldAtOnce))
      this.clusterEvents.emit('presence:moved', { userIds });
  }

  /** A Redis that others do not hear of may be the replica of another, which refuses to be written to. */
  private get isRedisThere(): boolean {
    return this.delivery.current.state === 'ok';
  }

  private async note(states: States): Promise<void> {
    // Until it is there.
    const before = this.isNoted;
    this.isNoted = false;
    if (!this.isRedisThere) return;
    await this.store.put(states);
    this.isNoted = before;
  }

  private async keep(): Promise<void> {
    if (this.isRedisThere) await Promise.allSettled([this.keepNoted()]);
    this.watch.markAll();
  }

  private async keepNoted(): Promise<void> {
    await this.store.keep(this.people.all, !this.isNoted);
    this.isNoted = true;
  }

  /** Somebody has left a chat: whom they shared it with they may share none with now. */
  private async endWatches(left: readonly string[]): Promise<void> {
    for (const userId of left) {
      for (const { id } of this.sockets.ofUser(userId)) await this.endWatchesOf(id, userId, this.watch.ofSocket(id));
      const byWatcher = Map.groupBy(this.watch.socketsWatching(userId), (id) => this.sockets.userOf(id) ?? '');
      for (const [watcher, socketIds] of byWatcher)
        for (const id of socketIds) await this.endWatchesOf(id, watcher, [userId]);
    }
  }

  /** A chat is gone, and with it what its people shared: their memberships ended before it was told. */
  private async chatDeleted(chatId: string): Promise<void> {
    if (this.watch.isUsed) await this.endWatches(await this.members.everIn(chatId));
  }

  private async endWatchesOf(socketId: string, watcher: string, watched: readonly string[]): Promise<void> {
    if (watched.length === 0 || watcher === '') return;
    const known = await this.sharing(watcher, watched);
    for (const userId of watched) if (!known.has(userId)) this.watch.remove(socketId, userId);
  }

  /** Those of the given people who are in a chat with this one. */
  private async sharing(userId: string, others: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(await this.members.inAnyOf(await this.own.chatIdsOf(userId), others));
  }
}

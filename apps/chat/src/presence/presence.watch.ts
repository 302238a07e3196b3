import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { Presence } from '@roost/contract';
import { batches } from '../kernel/batches.js';
import { runInBackground } from '../kernel/boundary.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { LocalSockets } from '../sockets/local-sockets.js';
import { PresenceReader } from './presence.reader.js';

/** Somebody who is watched by sockets of this replica. */
interface Watched {
  readonly sockets: Set<string>;
  /** What the sockets know. */
  told?: Presence;
}

const readAtOnce = 500;

/** Whom the sockets of this replica watch. What may have changed of them is read anew, and told where it has. */
@Injectable()
export class PresenceWatch {
  private readonly watched = new Map<string, Watched>();
  /** Whom each socket watches, those first that it asked for longest ago. */
  private readonly bySocket = new Map<string, Set<string>>();
  private readonly dirty = new Set<string>();
  private isLooking = false;

  constructor(
    private readonly sockets: LocalSockets,
    private readonly reader: PresenceReader,
  ) {
    sockets.onGone(({ id }) => this.leave(id));
  }

  /** Adds to whom a socket watches, and gives what they are. Beyond a limit those go that were added longest ago. */
  async add(socket: ChatSocket, userIds: readonly string[]): Promise<Presence[]> {
    // First, so that nothing which happens while it is read is missed.
    for (const userId of userIds) this.addOne(socket, userId);
    const found = new Map((await this.reader.of(userIds)).map((presence) => [presence.userId, presence]));
    return userIds.map((userId) => {
      const presence = found.get(userId) ?? { userId, state: 'offline' };
      const watched = this.watched.get(userId);
      if (!watched) return presence;
      // Others of this replica watch them already; where they know something else, all are told what is so.
      if (watched.told && watched.told.state !== presence.state) this.mark([userId]);
      return (watched.told ??= presence);
    });
  }

  /** Whom somebody's sockets watch, by socket. */
  ofSocket(socketId: string): readonly string[] {
    return [...(this.bySocket.get(socketId) ?? [])];
  }

  /** Whether any socket of this replica watches anybody. */
  get isUsed(): boolean {
    return this.bySocket.size > 0;
  }

  socketsWatching(userId: string): readonly string[] {
    return [...(this.watched.get(userId)?.sockets ?? [])];
  }

  remove(socketId: string, userId: string): void {
    this.bySocket.get(socketId)?.delete(userId);
    const watched = this.watched.get(userId);
    watched?.sockets.delete(socketId);
    if (watched?.sockets.size === 0) this.watched.delete(userId);
  }

  /** They may be somewhere else by now. */
  mark(userIds: Iterable<string>): void {
    for (const userId of userIds) if (this.watched.has(userId)) this.dirty.add(userId);
    if (this.dirty.size > 0) runInBackground('presence', () => this.look());
  }

  markAll(): void {
    this.mark(this.watched.keys());
  }

  private addOne(socket: ChatSocket, userId: string): void {
    const { id } = socket;
    if (socket.disconnected) return;
    let own = this.bySocket.get(id);
    if (!own) {
      this.bySocket.set(id, (own = new Set()));
    }
    own.delete(userId);
    own.add(userId);
    const watched = this.watched.get(userId) ?? { sockets: new Set() };
    watched.sockets.add(id);
    this.watched.set(userId, watched);
    const [oldest] = own;
    if (own.size > limits.presenceWatched && oldest !== undefined) this.remove(id, oldest);
  }

  private leave(socketId: string): void {
    for (const userId of this.ofSocket(socketId)) this.remove(socketId, userId);
    this.bySocket.delete(socketId);
  }

  /** One at a time: what is read last is told last. */
  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      while (this.dirty.size > 0) {
        const userIds = [...this.dirty];
        this.dirty.clear();
        for (const batch of batches(userIds, readAtOnce)) this.tell(await this.reader.of(batch));
      }
    } finally {
      this.isLooking = false;
    }
  }

  private tell(found: readonly Presence[]): void {
    for (const presence of found) {
      const watched = this.watched.get(presence.userId);
      if (!watched || watched.told?.state === presence.state) continue;
      const isKnown = watched.told !== undefined;
      watched.told = presence;
      // Who has just asked is answered with it.
      if (isKnown) for (const socketId of watched.sockets) this.sockets.emit(socketId, 'presence:changed', presence);
    }
  }
}

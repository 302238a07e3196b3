import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { ChatServer } from './chat-socket.js';
import { clusterEventNames } from './cluster-event-map.js';
import type { ClusterEventMap, ClusterEventName } from './cluster-event-map.js';

/**
 * Events to all replicas, this one included and first. What is emitted before a fact is heard before it, on every
 * replica, for facts that go the same way; the `Broadcaster` knows which have to.
 */
@Injectable()
export class ClusterEvents {
  private readonly local = new EventEmitter();
  private server: ChatServer | undefined;

  attach(server: ChatServer): void {
    this.server = server;
    for (const name of clusterEventNames)
      server.on(name, (event: ClusterEventMap[ClusterEventName]) => this.local.emit(name, event));
  }

  on<N extends ClusterEventName>(name: N, listener: (event: ClusterEventMap[N]) => void): void {
    this.local.on(name, listener);
  }

  /** To this replica alone: what was found out otherwise than by being told. */
  emitHere<N extends ClusterEventName>(name: N, event: ClusterEventMap[N]): void {
    this.local.emit(name, event);
  }

  emit<N extends ClusterEventName>(name: N, event: ClusterEventMap[N]): void {
    this.emitHere(name, event);
    this.server?.serverSideEmit(name, ...([event] as never));
  }
}

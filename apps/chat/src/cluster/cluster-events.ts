import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { guardedListener } from '../kernel/boundary.js';
import type { ChatServer } from '../kernel/chat-socket.js';
import { clusterEventNames } from './cluster-event-map.js';
import type { ClusterEventMap, ClusterEventName } from './cluster-event-map.js';

/** A replica that hears of this later is frozen or cut off, and will find out by itself. */
const answerMaxMs = 500;

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
      server.on(
        name,
        guardedListener('cluster event', (event: ClusterEventMap[ClusterEventName], heard?: () => void) => {
          this.local.emit(name, event);
          heard?.();
        }),
      );
  }

  on<N extends ClusterEventName>(name: N, listener: (event: ClusterEventMap[N]) => void): void {
    this.local.on(name, guardedListener(`cluster event ${name}`, listener));
  }

  /** To this replica alone: what was found out otherwise than by being told. */
  emitHere<N extends ClusterEventName>(name: N, event: ClusterEventMap[N]): void {
    this.local.emit(name, event);
  }

  emit<N extends ClusterEventName>(name: N, event: ClusterEventMap[N]): void {
    this.emitHere(name, event);
    this.server?.serverSideEmit(name, event);
  }

  /**
   * The same, and resolves once every replica has acted on it, or after a moment where one does not answer: for what a
   * caller may build on through another replica as soon as we have answered. Never rejects.
   */
  emitAndWait<N extends ClusterEventName>(name: N, event: ClusterEventMap[N]): Promise<void> {
    this.emitHere(name, event);
    const { server } = this;
    if (!server) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, answerMaxMs);
      const heard = () => {
        clearTimeout(timer);
        resolve();
      };
      server.serverSideEmit(name, event, heard);
    });
  }
}

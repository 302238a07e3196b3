import type { Server as HttpServer } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Settings } from '@roost/settings';
import type { ServerOptions } from 'socket.io';
import { guardedListener } from '../../kernel/boundary.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { AliveAnswer } from './alive-answer.js';
import { Broadcaster } from '../../sockets/broadcaster.js';
import type { ChatServer, ChatSocket } from '../../kernel/chat-socket.js';
import { ClusterEvents } from '../../cluster/cluster-events.js';
import { CommandDispatcher } from './command-dispatcher.js';
import type { BoundHandler } from './command-dispatcher.js';
import { DeliveryProbe } from '../../cluster/delivery-probe.js';
import { Drain } from './drain.js';
import { explainRefusals, forbidden } from './engine-refusals.js';
import { Gatekeeper } from './gatekeeper.js';
import { turnAwayOldClients } from './old-clients.js';
import { isFriendlyOrigin, originPatterns } from '../origins.js';
import { AcceptLimits } from '../../sockets/limits/accept-limits.js';
import { closeByEnding, joinWrites } from '../../sockets/engine.js';
import { FrameLimits, hardMaxFrameBytes } from '../../sockets/limits/frame-limits.js';
import { LocalSockets } from '../../sockets/local-sockets.js';
import { redisAdapter } from '../../cluster/redis-adapter.js';
import { closeRedis } from '../../cluster/redis-clients.js';
import type { RedisClients } from '../../cluster/redis-clients.js';
import { WireTap } from '../../cluster/wire-tap.js';
import { refuseOtherBytes } from '../../sockets/utf8-bodies.js';
import { metrics } from '../metrics.js';
import { outliveCutConnections, upgradeOnlyToWebSockets } from './tcp-connections.js';
import { RoomKeeper } from '../../sockets/room-keeper.js';

/** How long a connection may be open before it says who it is. */
const namelessMs = 10_000;

/** The Socket.IO server of a replica, joined with those of the others through Redis. */
export class RedisIoAdapter extends IoAdapter {
  private readonly settings: Settings;
  private readonly dispatcher: CommandDispatcher;

  constructor(
    private readonly app: INestApplicationContext,
    private readonly redis: RedisClients,
  ) {
    super(app);
    this.settings = app.get<Settings>(SETTINGS);
    this.dispatcher = app.get(CommandDispatcher);
  }

  override createIOServer(port: number, options?: ServerOptions): ChatServer {
    const server = super.createIOServer(port, { ...options, ...this.serverOptions() } as ServerOptions) as ChatServer;
    joinWrites(server.engine);
    closeByEnding(server.engine);
    refuseOtherBytes(server.engine);
    turnAwayOldClients(server.engine);
    explainRefusals(server);
    const http = server.httpServer as HttpServer;
    outliveCutConnections(http);
    upgradeOnlyToWebSockets(http, server.path());
    server.adapter(redisAdapter(this.redis, this.settings, this.app.get(WireTap)));
    for (const part of [
      AcceptLimits,
      AliveAnswer,
      FrameLimits,
      Gatekeeper,
      RoomKeeper,
      ClusterEvents,
      Broadcaster,
      LocalSockets,
      DeliveryProbe,
      Drain,
    ])
      this.app.get(part).attach(server);
    return server;
  }

  /** Instead of a stream per command and socket: one listener per socket, which also hears unknown events. */
  override bindMessageHandlers(socket: ChatSocket, handlers: { message: unknown; callback: BoundHandler }[]): void {
    this.dispatcher.bind(
      socket,
      handlers.map(({ message, callback }) => [String(message), callback] as const),
    );
  }

  /** After the socket server has closed: until then its sockets may still be talking. */
  override async dispose(): Promise<void> {
    closeRedis(this.redis);
    await super.dispose();
  }

  private serverOptions(): Partial<ServerOptions> {
    const { frontendUrl, pingIntervalMs, pingTimeoutMs } = this.settings;
    const friendly = originPatterns(frontendUrl);
    const accepts = this.app.get(AcceptLimits);
    return {
      cors: { origin: friendly, credentials: true },
      transports: ['websocket', 'polling'],
      maxHttpBufferSize: hardMaxFrameBytes(this.settings),
      pingInterval: pingIntervalMs,
      pingTimeout: pingTimeoutMs,
      connectTimeout: namelessMs,
      allowRequest: guardedListener('handshake', ({ headers }, answer) => {
        const reason = isFriendlyOrigin(headers, friendly) ? !accepts.mayConnect() && 'full' : 'origin';
        if (!reason) return answer(null, true);
        metrics.connectionsTurnedAwayTotal.inc({ reason });
        return answer(forbidden[reason], false);
      }),
      serveClient: false,
    };
  }
}

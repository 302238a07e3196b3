import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AcceptLimits } from '../../sockets/limits/accept-limits.js';
import { hasSession, nameSessions } from '../../sockets/engine.js';
import { SessionIds } from '../../sockets/session-ids.js';
import type { ChatServer } from '../../kernel/chat-socket.js';

/** Where nginx asks the replica that it is sent to (nginx/server.conf). */
const atReplica = '/alive/at/';

/**
 * What nginx asks before each request that it gives this replica, so it costs as little as an answer can. It says for which
 * session that is: `new` for one that is to be opened, an id, or nothing.
 */
@Injectable()
export class AliveAnswer {
  private server: ChatServer | undefined;

  constructor(
    private readonly accepts: AcceptLimits,
    private readonly ids: SessionIds,
  ) {}

  attach(server: ChatServer): void {
    this.server = server;
    nameSessions(server.engine, (randomId, request) => this.ids.placed(randomId, request));
  }

  answer({ headers }: IncomingMessage, response: ServerResponse): void {
    const session = headers['x-session'];
    if (session === 'new') {
      response.writeHead(this.accepts.takesNew() ? 204 : 403).end();
      return;
    }
    const owner = typeof session === 'string' ? this.ownerElsewhere(session) : undefined;
    if (owner !== undefined) response.setHeader('X-Accel-Redirect', `${atReplica}${owner}`);
    response.writeHead(204).end();
  }

  private ownerElsewhere(id: string): string | undefined {
    return this.server && hasSession(this.server.engine, id) ? undefined : this.ids.ownerOf(id);
  }
}

import { closings } from '@roost/contract';
import type { ClosingCode } from '@roost/contract';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { metrics } from './metrics.js';

/** Says why, then closes. Where coming back makes sense the transport is closed: after `disconnect` clients stay away. */
export function closeSocket(socket: ChatSocket, code: ClosingCode): void {
  tellClosing(socket, code);
  if (closings[code].reconnect) socket.conn.close();
  else socket.disconnect(true);
}

/** To a socket that is being closed anyway. */
export function tellClosing(socket: ChatSocket, code: ClosingCode): void {
  metrics.socketsClosedTotal.inc({ code });
  socket.emit('session:closing', { code, reconnect: closings[code].reconnect });
}

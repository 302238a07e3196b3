import type { IncomingMessage, ServerResponse } from 'node:http';
import { ChatError, errors } from '@roost/contract';
import { guardedListener } from '../kernel/boundary.js';
import type { ChatServer } from '../kernel/chat-socket.js';

/**
 * Engine.IO decodes what long-polling sends leniently: bytes that are not UTF-8 would be stored as U+FFFD, as if that had
 * been meant. A WebSocket ends at such a frame (RFC 6455, 8.1), and so does a session of polling at such a body.
 */
export function refuseOtherBytes(engine: ChatServer['engine']): void {
  engine.use(
    guardedListener('polling', (request: IncomingMessage, response: ServerResponse, next: () => void) => {
      if (request.method === 'POST') watch(request, response);
      next();
    }),
  );
}

function watch(request: IncomingMessage, response: ServerResponse): void {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const push = request.push.bind(request);
  // Node's parser gives every part of the body, and null at its end, to this method.
  request.push = (part: Buffer | null) => {
    try {
      decoder.decode(part ?? undefined, { stream: part !== null });
      return push(part);
    } catch {
      answer(response);
      // The transport takes a request that closes before its end for a broken one.
      request.destroy();
      return false;
    }
  };
}

function answer(response: ServerResponse): void {
  // Refused for another reason before its body came.
  if (response.headersSent) return;
  const refusal = new ChatError('request/invalid', { details: [{ path: '', message: 'must be UTF-8' }] }).toRefusal();
  response.writeHead(errors[refusal.code].status, { 'Content-Type': 'application/json', Connection: 'close' });
  response.end(JSON.stringify(refusal));
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Me, Tokens } from '@roost/contract';
import { ada } from './model-chat.js';

const me: Me = { ...ada, email: 'ada@example.com', createdAt: '2026-01-01T00:00:00.000Z' };

/** The REST side of signing in, for Ada. */
export function answerAccounts(request: IncomingMessage, response: ServerResponse): void {
  const { url = '' } = request;
  if (url === '/auth/login' || url === '/auth/refresh') answer(response, 200, tokens());
  else if (url === '/auth/logout') answer(response, 204);
  else if (url === '/users/me') answer(response, 200, me);
  else answer(response, 404);
}

function tokens(): Tokens {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  return { accessToken: 'access', refreshToken: 'refresh', expiresAt, user: me };
}

function answer(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

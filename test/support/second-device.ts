import type { Cluster, Door } from '@roost/testing';
import type { Session, Tokens } from '@roost/contract';
import { expect } from 'vitest';

/** Signs a person in on one more device. */
export async function signIn(cluster: Cluster, name: string, password?: string): Promise<Tokens> {
  const person = await cluster.person(name);
  const answer = await cluster.http('POST /auth/login', {
    body: { email: person.email, password: password ?? person.password },
  });
  expect(answer.status).toBe(200);
  return answer.body as Tokens;
}

/** A connected socket with any access token. */
export async function socketWith(cluster: Cluster, token: string, door: Door = {}) {
  const socket = await cluster.knock({ auth: { token } }, door);
  if (!('socket' in socket)) throw new Error(`the handshake was refused: ${JSON.stringify(socket)}`);
  await socket.next('session:ready');
  return socket;
}

/** The sessions of whom a token belongs to. */
export async function sessionsOf(cluster: Cluster, token: string): Promise<Session[]> {
  const answer = await cluster.http('GET /auth/sessions', { token });
  expect(answer.status).toBe(200);
  return (answer.body as { items: Session[] }).items;
}

/** The user and session ids in an access token. */
export function idsIn(token: string): { sub: string; sid: string } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; sid: string };
}

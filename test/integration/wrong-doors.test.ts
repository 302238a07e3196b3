import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { expect } from 'vitest';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';

const test = sharedClusterTest(oneReplica);

/** What clients with a wrong setting ask for, and what helps them on. */
const asked: { what: string; path: string; method?: string; status: number; says: RegExp }[] = [
  {
    what: 'another transport',
    path: 'EIO=4&transport=foo',
    status: 400,
    says: /^Transport unknown: .*transport=polling/,
  },
  { what: 'no transport', path: 'EIO=4', status: 400, says: /^Transport unknown: / },
  { what: 'WebTransport', path: 'EIO=4&transport=webtransport', status: 400, says: /^Transport unknown: / },
  {
    what: 'a session of nobody',
    path: 'EIO=4&transport=polling&sid=x',
    status: 400,
    says: /^Session ID unknown: .*anew/,
  },
  {
    what: 'a POST without a session',
    path: 'EIO=4&transport=polling',
    method: 'POST',
    status: 400,
    says: /^Bad handshake method: /,
  },
  {
    what: 'a WebSocket whose upgrade was lost',
    path: 'EIO=4&transport=websocket',
    status: 400,
    says: /^Bad request: .*Upgrade/,
  },
  { what: 'no version', path: 'transport=polling', status: 400, says: /^Unsupported protocol version: take EIO=4/ },
];

test.for(asked)(
  'H12 $what is answered with what to do',
  async ({ path, method = 'GET', status, says }, { cluster }) => {
    const answer = await fetch(`${cluster.url()}/socket.io/?${path}`, { method });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ code: expect.any(Number), message: expect.stringMatching(says) });
  },
);

test('H10 a page of another origin is told why', async ({ cluster }) => {
  const headers = { origin: 'https://evil.example' };
  const answer = await fetch(`${cluster.url()}/socket.io/?EIO=4&transport=polling`, { headers });
  expect([answer.status, await answer.json()]).toEqual([
    403,
    { code: 4, message: expect.stringContaining('FRONTEND_URL') },
  ]);
});

test.for(['/socket.io', '/engine.io/?EIO=4&transport=polling', '/ws', '/socket.io.js'])(
  'H12 %s is no door, and says so',
  async (path, { cluster }) => {
    const { status, body } = await cluster.http(`GET ${path}`);
    expect([status, body]).toEqual([404, expect.objectContaining({ code: 'route/unknown' })]);
    expect(await webSocketStatus(cluster.url() + path)).toBe(404);
  },
);

/** What a WebSocket is answered that is not taken. */
async function webSocketStatus(url: string): Promise<number | undefined> {
  const socket = new WebSocket(url.replace('http', 'ws'));
  const [, { statusCode }] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  socket.on('error', () => undefined).terminate();
  return statusCode;
}

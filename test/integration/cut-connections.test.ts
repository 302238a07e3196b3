import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';

const test = clusterTest();

const head = (target: string, ...headers: string[]) =>
  [`GET ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
const webSocket = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

/** Requests that others have been ended by (engine.io: CVE-2022-41940, pull request 658), each reset at once. */
const requests: { what: string; bytes: string }[] = [
  { what: 'an upgrade to HTTP/2', bytes: head('/', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c') },
  { what: 'a WebSocket at an address that has none', bytes: head('/chats', ...webSocket, key) },
  { what: 'a WebSocket that is let in', bytes: head('/socket.io/?EIO=4&transport=websocket', ...webSocket, key) },
  { what: 'a WebSocket without a key', bytes: head('/socket.io/?EIO=4&transport=websocket', ...webSocket) },
  { what: 'a WebSocket of nobody', bytes: head('/socket.io/?EIO=4&transport=websocket&sid=x', ...webSocket, key) },
  { what: 'a session by a loaded name', bytes: head('/socket.io/?EIO=4&transport=polling&sid=__proto__') },
  {
    what: 'a transport that there is none of',
    bytes: head('/socket.io/?EIO=4&transport=constructor', ...webSocket, key),
  },
  {
    what: 'an origin that may not',
    bytes: head('/socket.io/?EIO=4&transport=websocket', ...webSocket, key, 'Origin: null'),
  },
  { what: 'a client of Socket.IO 2', bytes: head('/socket.io/?EIO=3&transport=websocket', ...webSocket, key) },
  { what: 'half a request', bytes: head('/socket.io/?EIO=4&transport=polling').slice(0, -4) },
  { what: 'a poll', bytes: head('/socket.io/?EIO=4&transport=polling') },
];

test.for(requests)(
  'A3 $what, cut off before or after the answer: the replica goes on',
  async ({ bytes }, { cluster }) => {
    const isAnswered = bytes.includes('/socket.io') && bytes.endsWith('\r\n\r\n');
    const { pid } = cluster.replica(1);
    const { hostname, port } = new URL(cluster.url());
    for (const waits of [false, true]) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(bytes);
      // What is asked for on another connection afterwards is answered afterwards: the server has read the first.
      await cluster.http('GET /health/live');
      if (isAnswered && waits) await Promise.race([once(socket.resume(), 'data'), once(socket, 'close')]);
      socket.resetAndDestroy();
      if (!socket.closed) await once(socket, 'close');
    }
    expect((await cluster.http('GET /health/ready')).status).toBe(200);
    expect((await cluster.http('GET /metrics')).body).not.toMatch(/^roost_(faults|uncaught_exceptions)_total.* [1-9]/m);
    expect(cluster.replica(1).pid).toBe(pid);
  },
);

test('A3 an upgrade that is not to a WebSocket is a request like any other, and its connection ends with it', async ({
  cluster,
}) => {
  const { hostname, port } = new URL(cluster.url());
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let answers = '';
  socket.setEncoding('utf8').on('data', (part: string) => (answers += part));
  const request = head(
    '/health/live',
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABk',
  );
  socket.end(head('/health/live') + request);
  await once(socket, 'close');
  expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});

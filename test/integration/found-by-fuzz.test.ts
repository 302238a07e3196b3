import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'vitest';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';

const test = clusterTest();

/** What `npm run fuzz` has found, once each: bytes on a connection, after which the same process has to answer. */
const found: { what: string; bytes: Buffer }[] = [
  {
    what: 'bytes that are no UTF-8 in a long-polling request that was refused before its body came',
    bytes: post('/socket.io/?EIO=4&transport=polling&sid=nobody', Buffer.from([0x34, 0xff, 0xfe])),
  },
];

test.for(found)('A3 $what harm nobody', async ({ bytes }, { cluster }) => {
  const { pid } = cluster.replica(1);
  await sendRaw(cluster, bytes);
  expect((await cluster.http('GET /health/ready')).status).toBe(200);
  expect(await metricsOf(cluster)).not.toMatch(/^roost_faults_total\S* [^0]/m);
  expect(cluster.replica(1).pid).toBe(pid);
});

function post(target: string, body: Buffer): Buffer {
  const head = `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Resolves when the server has ended the connection, or has answered and been told that nothing more comes. */
async function sendRaw(cluster: Cluster, bytes: Buffer): Promise<void> {
  const { hostname, port } = new URL(cluster.url());
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.end(bytes);
  socket.resume();
  await once(socket, 'close');
}

test('A3 a socket that ends, and another after it on the same connection, are both counted', async ({ cluster }) => {
  const token = await cluster.token('ada');
  const first = await cluster.socket('ada');
  const { engine } = first.socket.io;
  engine.write('1');
  // In one read with what follows it the server would refuse that: a socket of that name is still there.
  await expect.poll(() => metricsOf(cluster)).toMatch(/^roost_sockets_connected 0$/m);
  const second = new Promise<void>((resolve) => {
    engine.on('packet', ({ data }: { data?: unknown }) => {
      if (String(data).includes('session:ready')) resolve();
    });
  });
  engine.write(`0${JSON.stringify({ token })}`);
  await second;
  const body = await metricsOf(cluster);
  expect(body).not.toMatch(/^roost_faults_total\S* [^0]/m);
  expect(body).toMatch(/^roost_sockets_connected 1$/m);
});

const metricsOf = async (cluster: Cluster) => (await cluster.http('GET /metrics')).body;

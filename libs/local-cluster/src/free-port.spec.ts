import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { freePort, isFree } from './free-port.js';

test('never gives the same port twice, even if nobody listens on the first', async () => {
  const ports = [await freePort(), await freePort(), await freePort()];
  expect(new Set(ports).size).toBe(3);
});

test('stays below the ports that outgoing connections take', async () => {
  expect(await freePort()).toBeLessThan(32_768);
});

test('a port somebody listens on is not free', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  await expect(isFree(port)).resolves.toBe(false);
  server.close();
  await once(server, 'close');
  await expect(isFree(port)).resolves.toBe(true);
});

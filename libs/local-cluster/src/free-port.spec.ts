import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { freePort, isFree, loopbackAddresses, obstacleTo } from './free-port.js';

test('never gives the same port twice, even if nobody listens on the first', async () => {
  const ports = [await freePort(), await freePort(), await freePort()];
  expect(new Set(ports).size).toBe(3);
});

test('stays below the ports that outgoing connections take', async () => {
  expect(await freePort()).toBeLessThan(32_768);
});

test.each(loopbackAddresses())('a port somebody listens on at %s is not free', async (address) => {
  const port = await freePort();
  const server = createServer().listen(port, address);
  await once(server, 'listening');
  await expect(isFree(port)).resolves.toBe(false);
  await expect(obstacleTo(port)).resolves.toBe(`is taken by another program (on ${address})`);
  server.close();
  await once(server, 'close');
  await expect(isFree(port)).resolves.toBe(true);
});

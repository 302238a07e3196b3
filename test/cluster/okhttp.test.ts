import { expect, onTestFinished } from 'vitest';
import type { Cluster } from '@roost/testing';
import { awaitedLater } from '../support/awaited-later.js';
import { clusterTest } from '../support/cluster-test.js';
import { HandMadeSocket, opcodes } from '../support/hand-made-socket.js';
import { signIn } from '../support/second-device.js';

const test = clusterTest({ nginx: true, settings: { DRAIN_SPREAD_MS: '0', REFUSALS_PER_10S_MAX: '3' } });

/** Through nginx, as everybody comes. Clients over OkHttp notice nothing that comes after a close frame. */
async function connect(cluster: Cluster, accessToken: string): Promise<HandMadeSocket> {
  const socket = await HandMadeSocket.open(cluster.url({ nginx: true }), { token: accessToken });
  onTestFinished(() => socket.destroy());
  await socket.hears('session:ready');
  return socket;
}

/** The end comes soon after what announces it, long before a ping is missed. */
async function expectEnd(socket: HandMadeSocket, announcedBy: string): Promise<void> {
  await socket.hears(announcedBy);
  const announcedAtMs = performance.now();
  await socket.ended;
  expect(performance.now() - announcedAtMs).toBeLessThan(5_000);
}

test('H6 H11 a session that is ended ends the connection of a client that does not act on a close frame', async ({
  cluster,
}) => {
  const { accessToken } = await signIn(cluster, 'ada');
  const socket = await connect(cluster, accessToken);
  expect((await cluster.http('POST /auth/logout', { token: accessToken })).status).toBe(204);
  await expectEnd(socket, 'auth/session_revoked');
});

test('H11 so does flooding', async ({ cluster }) => {
  const socket = await connect(cluster, await cluster.token('grace'));
  for (let number = 0; number < 5; number++) socket.send(opcodes.text, Buffer.from(`42${number}["no:such"]`));
  await expectEnd(socket, 'client/flooding');
});

test('G3 H11 a replica that goes takes no such client with it', async ({ cluster }) => {
  const socket = await connect(cluster, await cluster.token('linus'));
  const stopping = awaitedLater(cluster.replica(1).stop({ timeoutMs: 20_000 }));
  await expectEnd(socket, 'server:draining');
  expect(await stopping).toMatchObject({ code: 0 });
  await cluster.replica(1).start();
});

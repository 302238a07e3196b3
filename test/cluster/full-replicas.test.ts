import { BareSocket } from '@roost/testing';
import { expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';
import { refusedHandshake } from '../support/refusals.js';

const socketsMax = 3;
const test = clusterTest({ replicas: 3, nginx: true, settings: { SOCKETS_MAX: String(socketsMax) } });
const nginx = { nginx: true } as const;

test('H3 nobody is refused by a full replica while another has room, and then one says that all are full', async ({
  cluster,
}) => {
  const knock = async (transport: 'websocket' | 'polling') =>
    cluster.knock({ auth: { token: await cluster.token('ada') }, transports: [transport] }, nginx);
  for (let count = 0; count < 3 * socketsMax; count++) {
    const answer = await knock(count % 2 === 0 ? 'websocket' : 'polling');
    expect(answer, `socket ${count}: ${JSON.stringify('data' in answer ? answer : {})}`).toBeInstanceOf(BareSocket);
  }
  expect(refusedHandshake(await knock('websocket'))).toMatchObject({ code: 'server/overloaded', retryable: true });
  // Full of sockets, a replica serves requests as before.
  const calls = await Promise.all(Array.from({ length: 12 }, () => cluster.http('GET /chats', { as: 'ada' }, nginx)));
  expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([200]));
});

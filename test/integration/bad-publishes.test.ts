import { Redis } from 'ioredis';
import { expect } from 'vitest';
import type { Cluster } from '@roost/testing';
import { clusterTest, oneReplica, sharedClusterTest } from '../support/cluster-test.js';

/** What another program, or a replica of another version, may publish. Empty arrays of MessagePack and its kin among them. */
const garbage = [
  Buffer.from('garbage'),
  Buffer.from('{'),
  Buffer.from('{}'),
  Buffer.from('null'),
  Buffer.from('{"type":3,"uid":"x","nsp":"/"}'),
  Buffer.from('{"type":3,"uid":"x","nsp":"/","data":{"packet":null,"opts":{"rooms":7,"except":null}}}'),
  Buffer.from('{"type":11,"uid":"x","nsp":"/","data":{"packet":["membership:changed",null]}}'),
  Buffer.from('{"type":6,"uid":"x","data":["session:ended"]}'),
  Buffer.from('{"uid":"x","type":2,"rooms":null,"opts":null}'),
  Buffer.from([]),
  Buffer.from([0xc1]),
  Buffer.from([0x90]),
  Buffer.from([0x93, 0xa1, 0x78, 0xc0, 0xc0]),
  Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff]),
];

const adapters = {
  classic: {
    test: sharedClusterTest(oneReplica),
    channels: [
      'roost-json#/#',
      'roost-json#/#canary#',
      'roost-json-request#/#',
      'roost-json-response#/#',
      'roost-replicas',
    ],
    publish: (redis: Redis, channel: string, bytes: Buffer) => redis.publish(channel, bytes),
  },
  sharded: {
    test: clusterTest({ settings: { REDIS_ADAPTER: 'sharded' } }),
    channels: ['roost#/#', 'roost-replicas'],
    publish: (redis: Redis, channel: string, bytes: Buffer) => redis.spublish(channel, bytes),
  },
};

for (const [adapter, { test, channels, publish }] of Object.entries(adapters)) {
  test(`what nobody can read on the channels of Redis ends no replica (${adapter})`, async ({ cluster }) => {
    const { pid } = cluster.replica(1);
    const redis = new Redis(cluster.parts.redis.url);
    try {
      const heard = await Promise.all(
        channels.flatMap((channel) => garbage.map((bytes) => publish(redis, channel, bytes))),
      );
      // By a replica: where nobody listens nothing is proved.
      expect(heard.every((count) => Number(count) > 0)).toBe(true);
    } finally {
      redis.disconnect();
    }
    await stillTalks(cluster);
    expect(cluster.replica(1).pid).toBe(pid);
  });
}

async function stillTalks(cluster: Cluster): Promise<void> {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const { id } = await ada.send(chat.id, 'undisturbed');
  await grace.next('message:new', (message) => message.id === id);
}

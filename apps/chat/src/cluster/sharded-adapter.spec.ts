import { createRequire } from 'node:module';
import { EventEmitter } from 'node:events';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { ClusterAdapter } from 'socket.io-adapter';
import { expect, it } from 'vitest';

const versionOf = (name: string) =>
  (createRequire(import.meta.url)(`${name}/package.json`) as { version: string }).version;

/** A new version may be fine: read what it does in the methods below, run `apps/chat/test/adapters.test.ts`, then write it here. */
it('stands on the versions whose inside was read', () => {
  expect(['@socket.io/redis-adapter', 'socket.io-adapter'].map(versionOf)).toEqual(['8.3.0', '2.5.8']);
});

it('finds a class that leaves to ClusterAdapter what is overridden here', () => {
  const client = Object.assign(new EventEmitter(), { ssubscribe: () => undefined });
  const adapter = createShardedAdapter(client, client)({ name: '/', server: {} });
  const own = Object.getOwnPropertyNames(Object.getPrototypeOf(adapter));
  expect(adapter).toBeInstanceOf(ClusterAdapter);
  expect(own.filter((name) => ['broadcast', 'addAll', 'onMessage', 'publish'].includes(name))).toEqual([]);
});

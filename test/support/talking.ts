import type { Cluster, TestClient } from '@roost/testing';

export interface Talk {
  readonly chatId: string;
  readonly ada: TestClient;
  readonly grace: TestClient;
  readonly linus: TestClient;
}

/** Ada and Grace on the first replica, Linus on the second, in a new chat that is empty. */
export async function talking(cluster: Cluster): Promise<Talk> {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const [ada, grace] = await Promise.all([cluster.client('ada'), cluster.client('grace')]);
  return { chatId, ada, grace, linus: await cluster.client('linus', { replica: 2 }) };
}

/** Ways in which Redis goes, and how it comes back. */
export const redisOutages = {
  stopped: { begin: (cluster) => cluster.redis.stop(), end: (cluster) => cluster.redis.start() },
  frozen: { begin: (cluster) => cluster.redis.freeze(), end: (cluster) => cluster.redis.thaw() },
} satisfies Record<string, Outage>;

export interface Outage {
  readonly begin: (cluster: Cluster) => unknown;
  readonly end: (cluster: Cluster) => unknown;
}

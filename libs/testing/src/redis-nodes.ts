import { redisClusterReady } from '@roost/local-cluster';
import type { RedisPart } from '@roost/local-cluster';
import type { ClusterParts } from './cluster-parts.js';
import type { Link } from './link/link.js';

/** The Redis of a cluster, one or several nodes, and what becomes of it. */
export class RedisNodes {
  constructor(private readonly parts: ClusterParts) {}

  /** @param node of a Redis Cluster, from 1; all where none is named */
  async stop(node?: number): Promise<void> {
    await Promise.all(this.named(node).map((one) => one.stop()));
  }

  /** On the same port, empty. Waits until a Redis Cluster is whole again, so all of its nodes have to run. */
  async start(node?: number): Promise<void> {
    await Promise.all(this.named(node).map((one) => one.start()));
    const { redisNodes } = this.parts;
    if (redisNodes.length > 1) await redisClusterReady(redisNodes);
  }

  /** It keeps its connections and answers nothing. */
  freeze(node?: number): void {
    for (const one of this.named(node)) one.freeze();
  }

  thaw(node?: number): void {
    for (const one of this.named(node)) one.thaw();
  }

  /** Between a replica and Redis. Needs `redisLinks`. @param replica from 1 */
  linkOf(replica: number): Link {
    const link = this.parts.redisLinks[replica - 1];
    if (!link) throw new Error('this cluster was started without redisLinks');
    return link;
  }

  private named(node?: number): readonly RedisPart[] {
    const { redisNodes } = this.parts;
    if (node === undefined) return redisNodes;
    const part = redisNodes[node - 1];
    if (!part) throw new Error(`there is no node ${node} of Redis`);
    return [part];
  }
}

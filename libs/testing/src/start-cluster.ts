import { ApiDocument } from './api-document.js';
import { startParts } from './cluster-parts.js';
import type { ClusterOptions } from './cluster-parts.js';
import { Cluster } from './cluster.js';
import { EventsDocument } from './events-document.js';

/** Starts stores, replicas and nginx as processes of their own, on free ports, with an empty database. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const parts = await startParts(options);
  const [replica] = parts.replicas;
  if (!replica) throw new Error('a cluster has a replica at least');
  const [api, events] = await Promise.all([ApiDocument.of(replica.url), EventsDocument.of(replica.url)]);
  return new Cluster(parts, { api, events });
}

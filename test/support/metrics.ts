import type { Cluster } from '@roost/testing';

/** What a metric of a replica, else the first, says, by its name and labels as in `GET /metrics`; 0 where it was never counted. */
export async function metricOf(cluster: Cluster, name: string, door: { replica?: number } = {}): Promise<number> {
  const { body } = await cluster.http('GET /metrics', {}, door);
  const line = String(body)
    .split('\n')
    .find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}

export const socketsOf = (cluster: Cluster, door: { replica?: number } = {}): Promise<number> =>
  metricOf(cluster, 'roost_sockets_connected', door);

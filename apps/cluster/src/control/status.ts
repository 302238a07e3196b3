import { type Part, answersOk } from '@roost/local-cluster';
import type { Say } from '../progress.js';
import type { Cluster } from '../start-cluster.js';

/** Tells of every part: process, port, ready or not. Gives whether all are ready. @param data the cluster's folder */
export async function statusOf(
  cluster: Cluster,
  data: string,
  inProgress: string | undefined,
  tell: Say,
): Promise<boolean> {
  const { store, redis, nginx, replicas, url } = cluster;
  const ofReplicas = await Promise.all(
    replicas.map(async (replica) => rowOf(replica, replica.port, await readinessOf(replica, replica.url))),
  );
  const ofStore = store.part
    ? rowOf(store.part, store.port, store.part.state)
    : { name: 'store', pid: '-', port: '-', state: 'given by MONGODB_URI', isReady: true };
  const rows = [ofStore, rowOf(redis, redis.port, redis.state), ...ofReplicas, rowOf(nginx, nginx.port, nginx.state)];
  tell(`${url}, data in ${data} (--data)${inProgress ? `, ${inProgress} in progress` : ''}`);
  for (const { name, pid, port, state } of [{ name: 'part', pid: 'process', port: 'port', state: '' }, ...rows]) {
    tell(`  ${name.padEnd(9)}${pid.padEnd(9)}${port.padEnd(7)}${state}`.trimEnd());
  }
  return rows.every(({ isReady }) => isReady);
}

interface Row {
  name: string;
  pid: string;
  port: string;
  state: string;
  isReady: boolean;
}

function rowOf({ name, pid }: Part, port: number, state: string): Row {
  return { name, pid: String(pid ?? '-'), port: String(port), state, isReady: state === 'ready' };
}

/** A part is `ready` from when it became so; a replica is asked whether it still is. */
async function readinessOf(replica: Part, url: string): Promise<string> {
  if (replica.state !== 'ready') return replica.state;
  const answer = await answersOk(`${url}/health/ready`);
  return answer === true ? 'ready' : `not ready: ${answer}`;
}

/** What Redis refuses with, by the first word of its answer, and what mends it. */
export const mends = {
  NOPERM: 'give the user of Redis the rights that deploy/README.md lists, with ACL SETUSER',
  NOAUTH: 'put the user and the password of Redis into REDIS_URL or REDIS_CLUSTER_NODES',
  WRONGPASS: 'put the right user and password of Redis into REDIS_URL or REDIS_CLUSTER_NODES',
  READONLY: 'REDIS_URL leads to a read-only replica: let it lead to the master, or set REDIS_SENTINELS',
  OOM: 'raise maxmemory of Redis, or give Redis to Roost alone',
  MISCONF: 'Redis cannot write its snapshots: free its disk, or switch them off with save ""',
  LOADING: 'wait: Redis reads its data from its disk',
  MASTERDOWN: 'bring the master of this replica of Redis back, or let REDIS_URL lead to another master',
  MOVED: 'REDIS_URL leads to one node of a Redis Cluster: name its nodes in REDIS_CLUSTER_NODES instead',
  CROSSSLOT: 'REDIS_URL leads to one node of a Redis Cluster: name its nodes in REDIS_CLUSTER_NODES instead',
  CLUSTERDOWN: 'bring the nodes of the Redis Cluster back: some of its slots are served by none',
} as const;

export type RefusalKind = keyof typeof mends;

export const refusalKinds = Object.keys(mends);

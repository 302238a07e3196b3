import type { Cluster } from '../cluster.js';
import type { Random } from '../random.js';

/** How long troubles last. */
export const lengthsMs = [200, 600, 1_500, 3_000] as const;

/** Something that happens to a part of the cluster, and ends. */
export interface Trouble {
  readonly what: string;
  readonly begin: (cluster: Cluster) => unknown;
  readonly end: (cluster: Cluster) => unknown;
  /** Calls to MongoDB may fail meanwhile, and for a moment afterwards. */
  readonly store?: true;
}

/** Chooses where it happens. */
export type MakeTrouble = (random: Random) => Trouble;

/** At one of so many replicas, or nodes of Redis. */
const somewhere =
  (count: number, make: (number: number, random: Random) => Trouble): MakeTrouble =>
  (random) =>
    make(1 + random.below(count), random);

const killedReplica = (number: number): Trouble => ({
  what: `replica ${number} is killed and gone`,
  begin: (cluster) => cluster.replica(number).kill(),
  end: (cluster) => cluster.replica(number).start(),
});

const restartedReplica = (number: number): Trouble => ({
  what: `replica ${number} is told to stop and gone`,
  begin: (cluster) => cluster.replica(number).stop(),
  end: (cluster) => cluster.replica(number).start(),
});

const frozenReplica = (number: number): Trouble => ({
  what: `replica ${number} is frozen`,
  begin: (cluster) => cluster.replica(number).freeze(),
  end: (cluster) => cluster.replica(number).thaw(),
  store: true,
});

const stoppedRedis: Trouble = {
  what: 'Redis is stopped, and comes back empty,',
  begin: (cluster) => cluster.redis.stop(),
  end: (cluster) => cluster.redis.start(),
};

const frozenRedis: Trouble = {
  what: 'Redis is frozen',
  begin: (cluster) => cluster.redis.freeze(),
  end: (cluster) => cluster.redis.thaw(),
};

const stoppedNode = (number: number): Trouble => ({
  what: `node ${number} of Redis is stopped, and comes back empty,`,
  begin: (cluster) => cluster.redis.stop(number),
  end: (cluster) => cluster.redis.start(number),
});

const frozenNode = (number: number): Trouble => ({
  what: `node ${number} of Redis is frozen`,
  begin: (cluster) => cluster.redis.freeze(number),
  end: (cluster) => cluster.redis.thaw(number),
});

const lonelyReplica =
  (newToo: boolean) =>
  (number: number): Trouble => ({
    what: `replica ${number} loses Redis without being told${newToo ? ', for new connections too,' : ''}`,
    begin: (cluster) => cluster.redis.linkOf(number).halfOpen({ newToo }),
    end: (cluster) => cluster.redis.linkOf(number).heal(),
  });

const slowRedis = (number: number, random: Random): Trouble => {
  const delayMs = random.pick([50, 300]);
  return {
    what: `Redis is ${delayMs} ms away from replica ${number}`,
    begin: (cluster) => cluster.redis.linkOf(number).slow(delayMs),
    end: (cluster) => cluster.redis.linkOf(number).slow(0),
  };
};

const unreachableMongo: Trouble = {
  what: 'MongoDB is away',
  begin: (cluster) => cluster.mongo.stop(),
  end: (cluster) => cluster.mongo.start(),
  store: true,
};

const silentMongo: Trouble = {
  what: 'MongoDB says nothing',
  begin: (cluster) => cluster.mongo.link.halfOpen({ newToo: true }),
  end: (cluster) => cluster.mongo.link.heal(),
  store: true,
};

const slowMongo: Trouble = {
  what: 'MongoDB is slow',
  begin: (cluster) => cluster.mongo.link.slow(100),
  end: (cluster) => cluster.mongo.link.slow(0),
  store: true,
};

/** Nothing happens to a store that was given: that is somebody else's. */
const killedMongo: Trouble = {
  what: 'the store is killed and gone',
  begin: ({ parts }) => parts.store.part?.kill(),
  end: ({ parts }) => parts.store.part?.start(),
  store: true,
};

/** What a cluster has that may fail. */
export interface Shape {
  readonly replicas: number;
  /** More than one are a Redis Cluster. */
  readonly redisNodes: number;
}

/** All kinds there are. The connection of one replica can be cut where it leads to one Redis. */
export function troublesOf({ replicas, redisNodes }: Shape): readonly MakeTrouble[] {
  const redis = redisNodes > 1 ? [stoppedNode, frozenNode] : [];
  const links = redisNodes > 1 ? [] : [lonelyReplica(false), lonelyReplica(true), slowRedis];
  return [
    ...[killedReplica, restartedReplica, frozenReplica, ...links].map((make) => somewhere(replicas, make)),
    ...redis.map((make) => somewhere(redisNodes, make)),
    ...[stoppedRedis, frozenRedis, unreachableMongo, silentMongo, slowMongo, killedMongo].map((one) => () => one),
  ];
}

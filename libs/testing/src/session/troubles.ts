import type { Cluster } from '../cluster.js';
import type { Random } from '../random.js';

/** Something that happens to a part of the cluster, and ends. */
export interface Trouble {
  readonly what: string;
  readonly begin: () => unknown;
  readonly end: () => unknown;
  /** Calls to MongoDB may fail meanwhile, and for a moment afterwards. */
  readonly store?: true;
}

/** Chooses where it happens; nothing where it cannot. */
export type MakeTrouble = (cluster: Cluster, random: Random) => Trouble | undefined;

const anyReplica = (cluster: Cluster, random: Random): number =>
  random.pick(cluster.parts.replicas.map((_, index) => index + 1));

const killedReplica: MakeTrouble = (cluster, random) => {
  const number = anyReplica(cluster, random);
  return {
    what: `replica ${number} is killed and gone`,
    begin: () => cluster.killReplica(number),
    end: () => cluster.replica(number).start(),
  };
};

const restartedReplica: MakeTrouble = (cluster, random) => {
  const number = anyReplica(cluster, random);
  return {
    what: `replica ${number} is told to stop and gone`,
    begin: () => cluster.replica(number).stop(),
    end: () => cluster.replica(number).start(),
  };
};

const frozenReplica: MakeTrouble = (cluster, random) => {
  const number = anyReplica(cluster, random);
  return {
    what: `replica ${number} is frozen`,
    begin: () => cluster.replica(number).freeze(),
    end: () => cluster.replica(number).thaw(),
    store: true,
  };
};

const stoppedRedis: MakeTrouble = (cluster) => ({
  what: 'Redis is stopped, and comes back empty,',
  begin: () => cluster.stopRedis(),
  end: () => cluster.startRedis(),
});

const frozenRedis: MakeTrouble = (cluster) => ({
  what: 'Redis is frozen',
  begin: () => cluster.freezeRedis(),
  end: () => cluster.thawRedis(),
});

const lonelyReplica =
  (newToo: boolean): MakeTrouble =>
  (cluster, random) => {
    const number = anyReplica(cluster, random);
    return {
      what: `replica ${number} loses Redis without being told${newToo ? ', for new connections too,' : ''}`,
      begin: () => cluster.redisLink(number).halfOpen({ newToo }),
      end: () => cluster.redisLink(number).heal(),
    };
  };

const slowRedis: MakeTrouble = (cluster, random) => {
  const number = anyReplica(cluster, random);
  const delayMs = random.pick([50, 300]);
  return {
    what: `Redis is ${delayMs} ms away from replica ${number}`,
    begin: () => cluster.redisLink(number).slow(delayMs),
    end: () => cluster.redisLink(number).slow(0),
  };
};

const unreachableMongo: MakeTrouble = (cluster) => ({
  what: 'MongoDB is away',
  begin: () => cluster.stopMongo(),
  end: () => cluster.startMongo(),
  store: true,
});

const silentMongo: MakeTrouble = (cluster) => ({
  what: 'MongoDB says nothing',
  begin: () => cluster.mongoLink.halfOpen({ newToo: true }),
  end: () => cluster.mongoLink.heal(),
  store: true,
});

const slowMongo: MakeTrouble = (cluster) => ({
  what: 'MongoDB is slow',
  begin: () => cluster.mongoLink.slow(100),
  end: () => cluster.mongoLink.slow(0),
  store: true,
});

/** Not one that was given: that is somebody else's. */
const killedMongo: MakeTrouble = ({ parts: { store } }) => {
  const { part } = store;
  return (
    part && { what: 'the store is killed and gone', begin: () => part.kill(), end: () => part.start(), store: true }
  );
};

/** All kinds there are. */
export const troubles: readonly MakeTrouble[] = [
  killedReplica,
  restartedReplica,
  frozenReplica,
  stoppedRedis,
  frozenRedis,
  lonelyReplica(false),
  lonelyReplica(true),
  slowRedis,
  unreachableMongo,
  silentMongo,
  slowMongo,
  killedMongo,
];

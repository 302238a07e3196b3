/** The parts of a cluster as child processes of this one, for `npm start`, tests and the bench. Knows nothing of chat. */
export { freePort, isFree, obstacleTo } from './free-port.js';
export { Part, PartFailed, type PartSpec, type PartState, describeExit } from './part.js';
export type { PartExit } from './run.js';
export { startRedis, type RedisOptions, type RedisPart } from './redis.js';
export { redisClusterReady, startRedisCluster, type RedisClusterOptions } from './redis-cluster.js';
export { builtMigration, migrate, type MigrateOptions } from './migrate.js';
export { startStore, type Store, type StoreOptions } from './store.js';
export { builtReplica, replica, startReplica, type ReplicaOptions, type ReplicaPart } from './replica.js';
export { type NginxSettings, WrongNginxSetting, checkNginxSettings } from './nginx-config.js';
export { startNginx, type NginxOptions, type NginxPart } from './nginx.js';
export { type Fleet, type FleetStep, type FleetWork, type Ranks } from './fleet.js';
export { restartOneByOne } from './rolling-restart.js';
export { scale } from './scale.js';
export { withDatabase } from './mongo-uri.js';
export { projectRoot } from './programs.js';
export { untilSilent } from './liveness.js';
export { answersOk } from './probes.js';
export { waitUntil, type Probe } from './wait-until.js';

import { Global, Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { SETTINGS } from '../kernel/settings.module.js';
import { ClusterEvents } from './cluster-events.js';
import { DeliveryProbe } from './delivery-probe.js';
import { RedisReplicaBus } from './homes/redis-replica-bus.js';
import { REPLICA_BUS } from './homes/replica-bus.js';
import { Replicas } from './homes/replicas.js';
import { MembershipNews } from './membership-news.js';
import type { RedisClients } from './redis-clients.js';
import { REDIS } from './redis.js';
import { WireTap } from './wire-tap.js';

const parts = [ClusterEvents, DeliveryProbe, MembershipNews, Replicas, WireTap];

const replicaBus: FactoryProvider = {
  provide: REPLICA_BUS,
  inject: [REDIS, SETTINGS],
  useFactory: (redis: RedisClients, { redisKeyPrefix }: Settings) => new RedisReplicaBus(redis, redisKeyPrefix),
};

/** What ties replicas together. The Redis clients are connected before anything else; the socket adapter closes them last. */
@Global()
@Module({})
export class ClusterModule {
  static forRoot(clients: RedisClients): DynamicModule {
    return {
      module: ClusterModule,
      providers: [...parts, replicaBus, { provide: REDIS, useValue: clients }],
      exports: [...parts, REDIS],
    };
  }
}

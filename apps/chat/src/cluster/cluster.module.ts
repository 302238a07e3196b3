import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ClusterEvents } from './cluster-events.js';
import { DeliveryProbe } from './delivery-probe.js';
import { Replicas } from './homes/replicas.js';
import { MembershipNews } from './membership-news.js';
import type { RedisClients } from './redis-clients.js';
import { REDIS } from './redis.js';
import { WireTap } from './wire-tap.js';

const parts = [ClusterEvents, DeliveryProbe, MembershipNews, Replicas, WireTap];

/** What ties replicas together. The Redis clients are connected before anything else; the socket adapter closes them last. */
@Global()
@Module({})
export class ClusterModule {
  static forRoot(clients: RedisClients): DynamicModule {
    return {
      module: ClusterModule,
      providers: [...parts, { provide: REDIS, useValue: clients }],
      exports: [...parts, REDIS],
    };
  }
}

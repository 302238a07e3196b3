import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { RedisClients } from './redis-clients.js';

/** Injection token of the connected Redis clients. */
export const REDIS = Symbol('redis');

/** The Redis clients, connected before anything else, for whoever asks; the socket adapter closes them last. */
@Global()
@Module({})
export class RedisModule {
  static forRoot(clients: RedisClients): DynamicModule {
    return { module: RedisModule, providers: [{ provide: REDIS, useValue: clients }], exports: [REDIS] };
  }
}

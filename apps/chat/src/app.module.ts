import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { loggingModule } from '@roost/observability';
import type { Settings } from '@roost/settings';
import type { Logger } from 'pino';
import { ChatsModule } from './chats/chats.module.js';
import { JoinedChats } from './chats/joined-chats.js';
import { HealthModule } from './health/health.module.js';
import { AuthGuard } from './http/auth.guard.js';
import { HttpErrorFilter } from './http/error.filter.js';
import { MembersModule } from './members/members.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { Admission } from './realtime/admission.js';
import { Gatekeeper } from './realtime/gatekeeper.js';
import { RealtimeModule } from './realtime/realtime.module.js';
import type { RedisClients } from './realtime/redis-clients.js';
import { RedisModule } from './realtime/redis.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SettingsModule } from './settings.module.js';
import { StoreModule } from './store/store.module.js';
import { SyncModule } from './sync/sync.module.js';
import { UsersModule } from './users/users.module.js';

/** What a replica is made of before Nest begins. */
export interface Foundation {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly redis: RedisClients;
}

/** The composition root: the only file that knows every part. */
@Module({})
export class AppModule {
  static forRoot({ settings, logger, redis }: Foundation): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.forRoot(settings),
        loggingModule(settings, logger),
        StoreModule,
        RedisModule.forRoot(redis),
        RealtimeModule,
        UsersModule,
        SessionsModule,
        ChatsModule,
        MembersModule,
        MessagesModule,
        SyncModule,
        HealthModule,
      ],
      providers: [
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_FILTER, useClass: HttpErrorFilter },
        Gatekeeper,
        {
          provide: Admission,
          inject: [SessionsService, JoinedChats],
          useFactory: (sessions: SessionsService, chats: JoinedChats): Admission => ({
            authenticate: (token) => sessions.authenticate(token),
            chatIdsOf: (userId) => chats.of(userId),
          }),
        },
      ],
    };
  }
}

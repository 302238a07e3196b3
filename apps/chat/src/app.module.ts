import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { loggingModule } from '@roost/observability';
import type { Settings } from '@roost/settings';
import type { Logger } from 'pino';
import { AccessModule } from './access/access.module.js';
import { JoinedChats } from './access/joined-chats.js';
import { Authenticator } from './accounts/sessions/authenticator.js';
import { SessionsModule } from './accounts/sessions/sessions.module.js';
import { UsersModule } from './accounts/users/users.module.js';
import { ChatsModule } from './chats/chats.module.js';
import { InvitesModule } from './chats/invites/invites.module.js';
import { ClusterModule } from './cluster/cluster.module.js';
import type { RedisClients } from './cluster/redis-clients.js';
import type { Admission } from './doors/admission.js';
import { DoorsModule } from './doors/doors.module.js';
import { HealthModule } from './health/health.module.js';
import { KernelModule } from './kernel/kernel.module.js';
import { SettingsModule } from './kernel/settings.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { OwnLogModule } from './own-log/own-log.module.js';
import { PresenceModule } from './presence/presence.module.js';
import { ProfileModule } from './profile/profile.module.js';
import { ReceiptsModule } from './receipts/receipts.module.js';
import { SocketsModule } from './sockets/sockets.module.js';
import { StoreModule } from './store/store.module.js';
import { SyncModule } from './sync/sync.module.js';
import { TypingModule } from './typing/typing.module.js';

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
        KernelModule,
        StoreModule,
        ClusterModule.forRoot(redis),
        SocketsModule,
        DoorsModule.forRoot({
          imports: [SessionsModule, AccessModule],
          inject: [Authenticator, JoinedChats],
          useFactory: (authenticator: Authenticator, chats: JoinedChats): Admission => ({
            verify: (token) => authenticator.verify(token),
            confirm: (caller) => authenticator.confirm(caller),
            chatsOf: (userId) => chats.of(userId),
          }),
        }),
        UsersModule,
        SessionsModule,
        ChatsModule,
        InvitesModule,
        MessagesModule,
        ReceiptsModule,
        OwnLogModule,
        ProfileModule,
        TypingModule,
        PresenceModule,
        SyncModule,
        HealthModule,
      ],
    };
  }
}

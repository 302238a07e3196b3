import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { ChatsModule } from '../chats/chats.module.js';
import { UsersModule } from '../users/users.module.js';
import { ChatLogs } from './chat-logs.js';
import { Heads } from './heads.js';
import { MembershipNet } from './membership-net.js';
import { MovedChats } from './moved-chats.js';
import { SyncGateway } from './sync.gateway.js';
import { SyncService } from './sync.service.js';

@Module({
  imports: [ChangesModule, ChatsModule, UsersModule],
  providers: [SyncGateway, SyncService, ChatLogs, Heads, MembershipNet, MovedChats],
  exports: [Heads],
})
export class SyncModule {}

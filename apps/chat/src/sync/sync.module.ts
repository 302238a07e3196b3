import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ChatsModule } from '../chats/chats.module.js';
import { LogsModule } from '../logs/logs.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { OwnLogModule } from '../own-log/own-log.module.js';
import { UsersModule } from '../accounts/users/users.module.js';
import { HeadsTeller } from './heads-teller.js';
import { LateJoins } from './late-joins.js';
import { LogReader } from './log-reader.js';
import { MembershipNet } from './membership-net.js';
import { MovedChats } from './moved-chats.js';
import { OwnChats } from './own-chats.js';
import { PageFiller } from './page-filler.js';
import { SyncGateway } from './sync.gateway.js';
import { SyncService } from './sync.service.js';

@Module({
  imports: [AccessModule, ChatsModule, LogsModule, MessagesModule, OwnLogModule, UsersModule],
  providers: [
    SyncGateway,
    SyncService,
    LogReader,
    PageFiller,
    HeadsTeller,
    LateJoins,
    MembershipNet,
    MovedChats,
    OwnChats,
  ],
  exports: [HeadsTeller],
})
export class SyncModule {}

import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { ChatsModule } from '../chats/chats.module.js';
import { UsersModule } from '../users/users.module.js';
import { MessageChanges } from './message-changes.js';
import { MessageEditingService } from './message-editing.service.js';
import { HeadRefresher } from './head-refresher.js';
import { MessageLog } from './message-log.js';
import { MessagesController } from './messages.controller.js';
import { MessagesGateway } from './messages.gateway.js';
import { MessagesService } from './messages.service.js';

@Module({
  imports: [ChangesModule, ChatsModule, UsersModule],
  controllers: [MessagesController],
  providers: [MessagesGateway, MessagesService, MessageEditingService, MessageChanges, MessageLog, HeadRefresher],
  exports: [MessageLog],
})
export class MessagesModule {}

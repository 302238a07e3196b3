import { Module } from '@nestjs/common';
import { ChatsModule } from '../chats/chats.module.js';
import { UsersModule } from '../users/users.module.js';
import { HeadRefresher } from './head-refresher.js';
import { MessageLog } from './message-log.js';
import { MessagesController } from './messages.controller.js';
import { MessagesGateway } from './messages.gateway.js';
import { MessagesService } from './messages.service.js';

@Module({
  imports: [ChatsModule, UsersModule],
  controllers: [MessagesController],
  providers: [MessagesGateway, MessagesService, MessageLog, HeadRefresher],
  exports: [MessageLog],
})
export class MessagesModule {}

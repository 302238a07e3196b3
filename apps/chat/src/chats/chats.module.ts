import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { UsersModule } from '../users/users.module.js';
import { ChatAccess } from './chat-access.js';
import { ChatChanges } from './chat-changes.js';
import { ChatViews } from './chat-views.js';
import { ChatsController } from './chats.controller.js';
import { ChatsGateway } from './chats.gateway.js';
import { ChatsService } from './chats.service.js';
import { JoinedChats } from './joined-chats.js';

@Module({
  imports: [ChangesModule, UsersModule],
  controllers: [ChatsController],
  providers: [ChatsGateway, ChatsService, ChatAccess, ChatViews, ChatChanges, JoinedChats],
  exports: [ChatsService, ChatAccess, ChatViews, JoinedChats],
})
export class ChatsModule {}

import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AccessModule } from '../access/access.module.js';
import { LogsModule } from '../logs/logs.module.js';
import { UsersModule } from '../accounts/users/users.module.js';
import { MessageChanges } from './message-changes.js';
import { MessageEditingService } from './message-editing.service.js';
import { MessageSendingService } from './message-sending.service.js';
import { ActivityRefresher } from './activity-refresher.js';
import { Mentions } from './mentions.js';
import { MessageHandOver } from './message-hand-over.js';
import { MessageLog } from './message-log.js';
import { MessageWriter } from './message-writer.js';
import { MessageDocument, MessageSchema } from './message.schema.js';
import { MessagesController } from './messages.controller.js';
import { MessagesGateway } from './messages.gateway.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';
import { Senders } from './senders.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: MessageDocument.name, schema: MessageSchema }]),
    AccessModule,
    LogsModule,
    UsersModule,
  ],
  controllers: [MessagesController],
  providers: [
    MessagesGateway,
    MessagesService,
    MessageSendingService,
    Senders,
    MessageEditingService,
    MessageChanges,
    Mentions,
    MessageLog,
    MessageWriter,
    MessageHandOver,
    MessagesRepository,
    ActivityRefresher,
  ],
  exports: [MessagesRepository],
})
export class MessagesModule {}

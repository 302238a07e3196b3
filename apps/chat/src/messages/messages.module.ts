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
import { OwnReactions } from './reactions/own-reactions.js';
import { ReactionChanges } from './reactions/reaction-changes.js';
import { ReactionTeller } from './reactions/reaction-teller.js';
import { ReactionDocument, ReactionSchema } from './reactions/reaction.schema.js';
import { ReactionsController } from './reactions/reactions.controller.js';
import { ReactionsGateway } from './reactions/reactions.gateway.js';
import { ReactionsRepository } from './reactions/reactions.repository.js';
import { ReactionsService } from './reactions/reactions.service.js';
import { Senders } from './senders.js';
import { SlowMode } from './slow-mode.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: MessageDocument.name, schema: MessageSchema },
      { name: ReactionDocument.name, schema: ReactionSchema },
    ]),
    AccessModule,
    LogsModule,
    UsersModule,
  ],
  controllers: [MessagesController, ReactionsController],
  providers: [
    MessagesGateway,
    MessagesService,
    MessageSendingService,
    Senders,
    SlowMode,
    MessageEditingService,
    MessageChanges,
    Mentions,
    MessageLog,
    MessageWriter,
    MessageHandOver,
    MessagesRepository,
    ActivityRefresher,
    ReactionsGateway,
    ReactionsService,
    ReactionsRepository,
    ReactionChanges,
    ReactionTeller,
    OwnReactions,
  ],
  exports: [MessagesRepository, OwnReactions],
})
export class MessagesModule {}

import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AccessModule } from '../access/access.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { ChatMarksService } from './chat-marks.service.js';
import { DraftsService } from './drafts.service.js';
import { KeptOfChats } from './kept-of-chats.js';
import { OwnEntryDocument, OwnEntrySchema } from './own-entry.schema.js';
import { OwnLogController } from './own-log.controller.js';
import { OwnLogGateway } from './own-log.gateway.js';
import { OwnLogRepository } from './own-log.repository.js';
import { OwnLog } from './own-log.js';

/** What people keep for themselves, on all their devices. */
@Module({
  imports: [
    AccessModule,
    MessagesModule,
    MongooseModule.forFeature([{ name: OwnEntryDocument.name, schema: OwnEntrySchema }]),
  ],
  controllers: [OwnLogController],
  providers: [OwnLog, OwnLogRepository, OwnLogGateway, KeptOfChats, ChatMarksService, DraftsService],
  exports: [OwnLog, KeptOfChats],
})
export class OwnLogModule {}

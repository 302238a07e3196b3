import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ChatsModule } from '../chats/chats.module.js';
import { ReceiptTeller } from './receipt-teller.js';
import { ReceiptsController } from './receipts.controller.js';
import { ReceiptsGateway } from './receipts.gateway.js';
import { ReceiptsRepository } from './receipts.repository.js';
import { ReceiptsService } from './receipts.service.js';

@Module({
  imports: [AccessModule, ChatsModule],
  controllers: [ReceiptsController],
  providers: [ReceiptsGateway, ReceiptsService, ReceiptsRepository, ReceiptTeller],
})
export class ReceiptsModule {}

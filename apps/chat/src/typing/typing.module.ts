import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { TypingGateway } from './typing.gateway.js';
import { TypingService } from './typing.service.js';

@Module({ imports: [AccessModule], providers: [TypingGateway, TypingService] })
export class TypingModule {}

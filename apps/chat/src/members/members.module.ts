import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { ChatsModule } from '../chats/chats.module.js';
import { UsersModule } from '../users/users.module.js';
import { MembersController } from './members.controller.js';
import { MemberChanges } from './member-changes.js';
import { MembersGateway } from './members.gateway.js';
import { MembersService } from './members.service.js';

@Module({
  imports: [ChangesModule, ChatsModule, UsersModule],
  controllers: [MembersController],
  providers: [MembersGateway, MembersService, MemberChanges],
})
export class MembersModule {}

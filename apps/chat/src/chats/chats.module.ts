import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { UsersModule } from '../accounts/users/users.module.js';
import { LogsModule } from '../logs/logs.module.js';
import { OwnLogModule } from '../own-log/own-log.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { BanChanges } from './ban-changes.js';
import { BansController } from './bans.controller.js';
import { BansService } from './bans.service.js';
import { ChatChanges } from './chat-changes.js';
import { ChatEditingService } from './chat-editing.service.js';
import { ChatOpeningService } from './chat-opening.service.js';
import { ChatReadsRepository } from './chat-reads.repository.js';
import { ChatViews } from './chat-views.js';
import { ChatsController } from './chats.controller.js';
import { ChatsGateway } from './chats.gateway.js';
import { ChatsService } from './chats.service.js';
import { DisabledOwners } from './disabled-owners.js';
import { HiddenChats } from './hidden-chats.js';
import { MemberAddingService } from './member-adding.service.js';
import { MemberChanges } from './member-changes.js';
import { MemberMarkers } from './member-markers.js';
import { MemberRemovingService } from './member-removing.service.js';
import { MemberRolesService } from './member-roles.service.js';
import { MemberViews } from './member-views.js';
import { MembershipAnnouncer } from './membership-announcer.js';
import { MembersController } from './members.controller.js';
import { MembersGateway } from './members.gateway.js';
import { MembersService } from './members.service.js';
import { Newcomers } from './newcomers.js';
import { RoleChanges } from './role-changes.js';
import { SuccessionService } from './succession.service.js';

@Module({
  imports: [OwnLogModule, AccessModule, LogsModule, MessagesModule, UsersModule],
  controllers: [ChatsController, MembersController, BansController],
  providers: [
    ChatsGateway,
    ChatsService,
    ChatOpeningService,
    ChatEditingService,
    ChatReadsRepository,
    ChatViews,
    HiddenChats,
    ChatChanges,
    MembersGateway,
    MembersService,
    MemberAddingService,
    Newcomers,
    MemberRemovingService,
    MemberMarkers,
    MemberViews,
    MemberChanges,
    BansService,
    BanChanges,
    MemberRolesService,
    MembershipAnnouncer,
    RoleChanges,
    SuccessionService,
    DisabledOwners,
  ],
  exports: [ChatsService, ChatReadsRepository, ChatViews, MemberMarkers, Newcomers],
})
export class ChatsModule {}

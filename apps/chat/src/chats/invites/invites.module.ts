import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AccessModule } from '../../access/access.module.js';
import { UsersModule } from '../../accounts/users/users.module.js';
import { LogsModule } from '../../logs/logs.module.js';
import { ChatsModule } from '../chats.module.js';
import { InviteAcceptingService } from './invite-accepting.service.js';
import { InviteLimits } from './invite-limits.js';
import { InviteTokens } from './invite-tokens.js';
import { InviteDocument, InviteSchema } from './invite.schema.js';
import { InvitesController } from './invites.controller.js';
import { InvitesGateway } from './invites.gateway.js';
import { InvitesRepository } from './invites.repository.js';
import { InvitesService } from './invites.service.js';
import { UsableInvites } from './usable-invites.js';

/** Links by which people come into chats. */
@Module({
  imports: [
    MongooseModule.forFeature([{ name: InviteDocument.name, schema: InviteSchema }]),
    AccessModule,
    LogsModule,
    UsersModule,
    ChatsModule,
  ],
  controllers: [InvitesController],
  providers: [
    InvitesGateway,
    InvitesService,
    InviteAcceptingService,
    UsableInvites,
    InviteTokens,
    InviteLimits,
    InvitesRepository,
  ],
})
export class InvitesModule {}

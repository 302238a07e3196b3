import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { UsersModule } from '../accounts/users/users.module.js';
import { OwnPeople } from './own-people.js';
import { PresenceGateway } from './presence.gateway.js';
import { PresenceReader } from './presence.reader.js';
import { PresenceService } from './presence.service.js';
import { PresenceStore } from './presence.store.js';
import { PresenceWatch } from './presence.watch.js';

@Module({
  imports: [AccessModule, UsersModule],
  providers: [PresenceGateway, PresenceService, PresenceReader, PresenceStore, PresenceWatch, OwnPeople],
})
export class PresenceModule {}

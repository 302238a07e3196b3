import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { UsersModule } from '../accounts/users/users.module.js';
import { ProfileController } from './profile.controller.js';
import { ProfileGateway } from './profile.gateway.js';
import { ProfileService } from './profile.service.js';

@Module({
  imports: [AccessModule, UsersModule],
  controllers: [ProfileController],
  providers: [ProfileGateway, ProfileService],
})
export class ProfileModule {}

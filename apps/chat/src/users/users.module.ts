import { Module } from '@nestjs/common';
import { Profiles } from './profiles.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({ controllers: [UsersController], providers: [UsersService, Profiles], exports: [Profiles] })
export class UsersModule {}

import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Profiles } from './profiles.js';
import { UserDocument, UserSchema } from './user.schema.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: UserDocument.name, schema: UserSchema }])],
  controllers: [UsersController],
  providers: [UsersService, UsersRepository, Profiles],
  exports: [UsersRepository, Profiles],
})
export class UsersModule {}

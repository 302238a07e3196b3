import { Global, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { InjectConnection, MongooseModule } from '@nestjs/mongoose';
import type { Settings } from '@roost/settings';
import type { Connection } from 'mongoose';
import { ChangeDocument, ChangeSchema } from '../changes/change.schema.js';
import { ChangesRepository } from '../changes/changes.repository.js';
import { ChatDocument, ChatSchema } from '../chats/chat.schema.js';
import { ChatsRepository } from '../chats/chats.repository.js';
import { MemberDocument, MemberSchema } from '../members/member.schema.js';
import { MembersRepository } from '../members/members.repository.js';
import { MessageDocument, MessageSchema } from '../messages/message.schema.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { SessionDocument, SessionSchema } from '../sessions/session.schema.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { SETTINGS } from '../settings.module.js';
import { UserDocument, UserSchema } from '../users/user.schema.js';
import { UsersRepository } from '../users/users.repository.js';
import { mongoOptions } from './mongo-connection.js';

const collections = [
  { name: UserDocument.name, schema: UserSchema },
  { name: SessionDocument.name, schema: SessionSchema },
  { name: ChatDocument.name, schema: ChatSchema },
  { name: MemberDocument.name, schema: MemberSchema },
  { name: MessageDocument.name, schema: MessageSchema },
  { name: ChangeDocument.name, schema: ChangeSchema },
];

const repositories = [
  UsersRepository,
  SessionsRepository,
  ChatsRepository,
  MembersRepository,
  MessagesRepository,
  ChangesRepository,
];

/** The connection to MongoDB, every collection and every repository. */
@Global()
@Module({
  imports: [
    MongooseModule.forRootAsync({
      inject: [SETTINGS],
      useFactory: (settings: Settings) => ({
        uri: settings.mongodbUri,
        ...mongoOptions(settings),
        // `main.ts` has made sure that it answers; a second, longer wait here would hide what is wrong.
        retryAttempts: 0,
        verboseRetryLog: false,
      }),
    }),
    MongooseModule.forFeature(collections),
  ],
  providers: repositories,
  exports: repositories,
})
export class StoreModule implements OnModuleInit {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** Indexes are part of the design, not an accident of `autoIndex`: the replica is not ready before they are there. */
  async onModuleInit(): Promise<void> {
    await Promise.all(Object.values(this.connection.models).map((model) => model.createIndexes()));
  }
}

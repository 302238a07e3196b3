import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ChatAccess } from './chat-access.js';
import { ChatDocument, ChatSchema } from './chat.schema.js';
import { ChatsRepository } from './chats.repository.js';
import { JoinedChats } from './joined-chats.js';
import { MemberCounts } from './member-counts.js';
import { MemberDocument, MemberSchema } from './member.schema.js';
import { MembersRepository } from './members.repository.js';
import { OwnPlacesRepository } from './own-places.repository.js';

const parts = [ChatsRepository, MembersRepository, OwnPlacesRepository, MemberCounts, ChatAccess, JoinedChats];

/** Which chats there are, who is in them, and what each may do there. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: ChatDocument.name, schema: ChatSchema },
      { name: MemberDocument.name, schema: MemberSchema },
    ]),
  ],
  providers: parts,
  exports: [MongooseModule, ...parts],
})
export class AccessModule {}

import type { ReplyOf, RequestOf } from '@roost/contract';
import { PinoLogger } from 'nestjs-pino';
import type { ChatSocket } from '../realtime/chat-socket.js';
import { Command, Gateway } from '../realtime/command.decorator.js';
import { RoomKeeper } from '../realtime/room-keeper.js';
import { ChatsService } from './chats.service.js';

@Gateway()
export class ChatsGateway {
  constructor(
    private readonly chats: ChatsService,
    private readonly rooms: RoomKeeper,
    private readonly logger: PinoLogger,
  ) {}

  @Command('chat:create')
  create({ data }: ChatSocket, draft: RequestOf<'chat:create'>): Promise<ReplyOf<'chat:create'>> {
    return this.chats.create(data.caller, draft);
  }

  @Command('chat:join')
  async join(socket: ChatSocket, { chatId }: RequestOf<'chat:join'>): Promise<ReplyOf<'chat:join'>> {
    const { caller } = socket.data;
    const chat = await this.rooms.open(socket, chatId, () => this.chats.get(caller, chatId));
    this.logger.info({ chatId }, 'chat joined');
    return { message: `Joined chat ${chatId}`, chat };
  }

  @Command('chat:leave')
  leave(_socket: ChatSocket, { chatId }: RequestOf<'chat:leave'>): Promise<ReplyOf<'chat:leave'>> {
    return Promise.resolve({ message: `Left chat ${chatId}` });
  }

  @Command('chat:delete')
  async delete({ data }: ChatSocket, { chatId }: RequestOf<'chat:delete'>): Promise<ReplyOf<'chat:delete'>> {
    await this.chats.delete(data.caller, chatId);
    return {};
  }
}

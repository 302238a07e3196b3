import type { ReplyOf, RequestOf } from '@roost/contract';
import { PinoLogger } from 'nestjs-pino';
import { ChatsService } from '../chats/chats.service.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { Command, Gateway } from '../doors/socket/command.decorator.js';
import { RoomKeeper } from '../sockets/room-keeper.js';
import { chatRoom } from '../sockets/rooms.js';
import { SyncService } from './sync.service.js';

/** Opening a chat and catching up with it. */
@Gateway()
export class SyncGateway {
  constructor(
    private readonly chats: ChatsService,
    private readonly rooms: RoomKeeper,
    private readonly syncing: SyncService,
    private readonly logger: PinoLogger,
  ) {}

  @Command('chat:join')
  async join(socket: ChatSocket, { chatId, since }: RequestOf<'chat:join'>): Promise<ReplyOf<'chat:join'>> {
    const { caller } = socket.data;
    // Most are in the room since they connected. Who enters only now reads the chat after that: nothing is in between.
    const wasIn = socket.rooms.has(chatRoom(chatId));
    const seen = await this.rooms.open(socket, chatId, () => this.chats.get(caller, chatId));
    const chat = wasIn ? seen : await this.chats.get(caller, chatId);
    this.logger.info({ chatId }, 'chat joined');
    const reply = { message: `Joined chat ${chatId}`, chat };
    return since ? { ...reply, sync: await this.syncing.syncChat(caller, chatId, since) } : reply;
  }

  @Command('chat:leave')
  async leave(socket: ChatSocket, { chatId }: RequestOf<'chat:leave'>): Promise<ReplyOf<'chat:leave'>> {
    await this.rooms.close(socket, chatId);
    return { message: `Left chat ${chatId}` };
  }

  @Command('sync')
  sync({ data }: ChatSocket, { chats, ...wish }: RequestOf<'sync'>): Promise<ReplyOf<'sync'>> {
    return this.syncing.sync(data.caller, chats, wish);
  }
}

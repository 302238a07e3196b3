import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type {
  Acknowledgement,
  ChatSync,
  CommandName,
  FactName,
  FactOf,
  Message,
  RequestInput,
  SocketLimits,
} from '@roost/contract';
import { ChatError } from '@roost/contract';
import { listen } from '@roost/testing';
import { Server } from 'socket.io';
import type { Socket } from 'socket.io';
import { ada, grace, ModelChat } from './model-chat.js';
import { ModelOwnLog } from './model-own-log.js';

type Handlers = { [K in CommandName]?: (request: RequestInput<K>) => Omit<Acknowledgement<K>, 'success'> };

/**
 * A replica in small, for one person, Ada: chats that live as long as the test, over a real Socket.IO server. What
 * Grace does in them is told to Ada's sockets.
 */
export class MiniReplica {
  readonly chats = new Map<string, ModelChat>();
  /** Every command that came, by name. */
  readonly asked: [CommandName, unknown][] = [];
  readonly tokens: unknown[] = [];
  /** Taken from the front, one for each command that it names. */
  readonly refusals: { command: CommandName; error: ChatError }[] = [];
  /** What happens with the next message that is stored, instead of its acknowledgement. */
  afterStoring: ((socket: Socket) => void) | undefined;
  /** What happens with the next change that is made, instead of its acknowledgement. */
  afterChange: ((socket: Socket) => void) | undefined;
  /** Facts that are lost on their way. */
  loses = false;
  /** Messages in a page of sync, at most. */
  pageEntries = 10;
  /** What Ada keeps for herself. */
  readonly own = new ModelOwnLog();
  /** What the next connections are told that they may. */
  limits: SocketLimits | undefined;
  /** How long the access token of the next connection lives. */
  tokenLifeMs = 3_600_000;
  /** How far its clock is ahead of this machine's. */
  aheadMs = 0;
  /** A chat that has so many more messages than a client begins anew for it. */
  behindMax = Infinity;
  /** Why this token is not let in. */
  refusesToken: (token: unknown) => ChatError | undefined = () => undefined;
  private readonly io: Server;

  /** Where it is, once it has started. */
  url = '';

  private constructor(private readonly http: ReturnType<typeof createServer>) {
    this.io = new Server(http);
    this.io.use(({ handshake }, next) => {
      const refusal = this.refusesToken(handshake.auth['token']);
      next(refusal && Object.assign(new Error(refusal.message), { data: refusal.toRefusal() }));
    });
    this.io.on('connection', (socket) => this.connected(socket));
  }

  static async start(rest: RequestListener = (_, response) => response.writeHead(404).end()): Promise<MiniReplica> {
    const http = createServer(rest);
    const replica = new MiniReplica(http);
    replica.url = await listen(http);
    return replica;
  }

  /** A chat of Ada and Grace; not told to anybody. */
  chat(id = 'c'.repeat(24)): ModelChat {
    const chat = new ModelChat(id);
    this.chats.set(id, chat);
    return chat;
  }

  /** Grace says something. */
  say(chat: ModelChat, text: string): void {
    this.tell('message:new', chat.send(grace, text));
  }

  tell<F extends FactName>(fact: F, payload: FactOf<F>): void {
    if (!this.loses) this.io.emit(fact, payload);
  }

  get sockets(): Socket[] {
    return [...this.io.sockets.sockets.values()];
  }

  now(): number {
    return Date.now() + this.aheadMs;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.sockets) socket.conn.close();
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    await this.io.close();
  }

  /** How often a command came. */
  count(command: CommandName): number {
    return this.asked.filter(([name]) => name === command).length;
  }

  private connected(socket: Socket): void {
    this.tokens.push(socket.handshake.auth.token);
    const now = this.now();
    socket.emit('session:ready', {
      userId: ada.id,
      sessionId: '5'.repeat(24),
      replica: 'mini-1',
      protocol: 1,
      serverTime: new Date(now).toISOString(),
      expiresAt: new Date(now + this.tokenLifeMs).toISOString(),
      ...(this.limits && { limits: this.limits }),
    });
    socket.onAny((name: CommandName, request: unknown, ack: (answer: unknown) => void) =>
      this.command(socket, name, request, ack),
    );
  }

  private command(socket: Socket, name: CommandName, request: unknown, ack: (answer: unknown) => void): void {
    if (name === 'session:probe') return ack({ success: true });
    this.asked.push([name, request]);
    const refusal = this.refusals.findIndex(({ command }) => command === name);
    if (refusal >= 0) return ack(this.refusals.splice(refusal, 1)[0]?.error.toRefusal());
    const handle = this.handlers[name] as ((request: unknown) => object) | undefined;
    try {
      if (!handle) throw new ChatError('command/unknown');
      const answer = handle(request);
      const instead = this.insteadOfAnswer(name);
      if (instead) instead(socket);
      else ack({ success: true, ...answer });
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      ack(error.toRefusal());
    }
  }

  private insteadOfAnswer(name: CommandName): ((socket: Socket) => void) | undefined {
    const { afterStoring, afterChange } = this;
    if (name === 'message:send') this.afterStoring = undefined;
    if (name === 'message:edit') this.afterChange = undefined;
    return name === 'message:send' ? afterStoring : name === 'message:edit' ? afterChange : undefined;
  }

  private find(messageId: string) {
    const chat = [...this.chats.values()].find(({ messages }) => messages.some(({ id }) => id === messageId))!;
    return { chat, ...chat.messages.find(({ id }) => id === messageId)! };
  }

  private readonly handlers: Handlers = {
    // As the server does it: what is so already is done.
    'message:edit': ({ messageId, text }) => {
      const { chat, seq, text: now } = this.find(messageId);
      if (now !== text) this.tell('message:edited', chat.edit(seq, text) as FactOf<'message:edited'>);
      return { message: chat.message(seq) };
    },
    'message:react': ({ messageId, emoji, on }) => {
      const { chat, seq } = this.find(messageId);
      this.tell('message:reacted', chat.react(seq, ada, emoji, on) as FactOf<'message:reacted'>);
      return { reactions: chat.message(seq).reactions ?? [], rev: chat.head.rev };
    },
    'chat:update': ({ chatId, title, settings }) => {
      const chat = this.mine(chatId);
      this.tell(
        'chat:updated',
        (title === undefined ? chat.set(settings ?? {}) : chat.rename(title)) as FactOf<'chat:updated'>,
      );
      return { chat: chat.chat };
    },
    'chat:join': ({ chatId, since }) => {
      const chat = this.mine(chatId);
      return { message: `Joined chat ${chatId}`, chat: chat.chat, ...(since && { sync: chat.after(since) }) };
    },
    'chat:mark': ({ chatId, archived, ...others }) => {
      const upToSeq = this.mine(chatId).head.seq;
      const wished = { ...others, ...(archived !== undefined && { archived: archived && { upToSeq } }) };
      for (const mark of Object.entries(wished))
        this.tell('chat:marked', this.own.mark(chatId, Object.fromEntries([mark])));
      return { ownRev: this.own.page(0).rev, marks: this.own.marksOf(chatId) };
    },
    'draft:save': ({ chatId, base, text, ...rest }) => {
      const { change, ...saved } = this.own.save(this.mine(chatId), base, text === '' ? undefined : { text, ...rest });
      if (change) this.tell('draft:changed', change);
      return saved;
    },
    'chat:read': ({ chatId, seq }) => {
      const chat = this.mine(chatId);
      chat.readTo = Math.max(seq, chat.readTo);
      return { readSeq: chat.chat.readSeq };
    },
    'chat:leave': ({ chatId }) => ({ message: `Left chat ${chatId}` }),
    'message:send': (draft) => this.store(draft),
    'message:list': ({ chatId, before, after, around, limit = 50 }) => {
      const chat = this.mine(chatId);
      if (after !== undefined) return chat.later(after, limit);
      return around === undefined ? chat.before(before ?? Infinity, limit) : chat.around(around, limit);
    },
    'auth:refresh': ({ token }) => {
      this.tokens.push(token);
      return { expiresAt: new Date(this.now() + 3_600_000).toISOString() };
    },
    sync: ({ chats, includeNew = true, me }) => {
      const answers: Record<string, ChatSync> = {};
      for (const [chatId, position] of Object.entries(chats)) {
        const chat = this.chats.get(chatId);
        const behind = chat ? chat.head.seq - position.seq : 0;
        const isReset = behind < 0 || behind > this.behindMax;
        answers[chatId] = (isReset ? chat?.reset(10) : chat?.after(position, this.pageEntries)) ?? { gone: true };
      }
      const newChats = includeNew ? [...this.chats.values()].filter(({ id }) => !Object.hasOwn(chats, id)) : [];
      for (const { id, chat } of newChats) answers[id] = { chat };
      return { chats: answers, ...(me && { me: this.own.page(me.rev) }) };
    },
  };

  private store({ chatId, text, ...draft }: RequestInput<'message:send'>): {
    message: Message;
    duplicate?: true;
  } {
    const chat = this.mine(chatId);
    const known = chat.messages.find((one) => one.sender === ada && one.clientMessageId === draft.clientMessageId);
    if (known) return { message: known, duplicate: true };
    if (text.trim() === '')
      throw new ChatError('request/invalid', { details: [{ path: 'text', message: 'is empty' }] });
    const { clientMessageId, parentId } = draft;
    const message = chat.send(ada, text, { clientMessageId, ...(parentId && { parentId }) });
    this.tell('message:new', message);
    return { message };
  }

  private mine(chatId: string): ModelChat {
    const chat = this.chats.get(chatId);
    if (!chat) throw new ChatError('chat/access_denied');
    return chat;
  }
}

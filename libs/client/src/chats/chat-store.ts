import type { Change, Chat, ChatSync, FactName, FactOf, Message, MessagePage, Position } from '@roost/contract';
import type { FactHandlers } from '../connection/fact-listeners.js';
import { Listeners } from '../listeners.js';
import type { Draft } from '../outbox/draft.js';
import type { PendingMessage } from '../outbox/entry.js';
import { ChatRoom } from './chat-room.js';
import type { ChatView } from './chat-room.js';

/** A chat that changed; without a view it is gone. */
export interface ChatNews {
  readonly chatId: string;
  readonly view?: ChatView;
}

export interface ChatStorePorts {
  readonly pending: (chatId: string) => readonly PendingMessage[];
  /** One's own messages, with the id of their draft: told before they are shown, so that none is shown twice. */
  readonly ownMessage: (message: Message) => void;
  /** Whether something of a chat is known to be missing here. */
  readonly behind: (chatId: string, isBehind: boolean) => void;
  readonly history: (chatId: string, before: number, limit: number) => Promise<OlderMessages>;
}

/** A page of history. Servers of before it could end early do not say `more`. */
export type OlderMessages = Pick<MessagePage, 'items'> & Partial<Pick<MessagePage, 'more'>>;

/** Messages in one `loadOlder`, at most. */
const olderDefault = 50;
/** Facts kept of a chat that is not known yet. What is dropped shows as a gap. */
const earlyMax = 100;

/** The chats of one person as the server tells them, in order and without holes. */
export class ChatStore {
  private readonly rooms = new Map<string, ChatRoom>();
  /** What facts do to chats that nothing else came of so far: an answer on its way may have been read before them. */
  private readonly early = new Map<string, ((room: ChatRoom) => void)[]>();
  /** The rev of the change that removed this person, by chat: an older state may still be on its way. */
  private readonly removals = new Map<string, number>();
  private readonly news = new Listeners<ChatNews>();
  private userId = '';

  constructor(
    private readonly ports: ChatStorePorts,
    private readonly messagesMax: number,
  ) {}

  /** Tells of every chat that changed, came or went; gives the function that ends it. */
  onChange(listener: (news: ChatNews) => void): () => void {
    return this.news.add(listener);
  }

  /** All chats that are known here, newest activity first. */
  get all(): readonly ChatView[] {
    const views = [...this.rooms.values()].map(({ view }) => view);
    return views.toSorted((a, b) => b.chat.lastActivityAt.localeCompare(a.chat.lastActivityAt));
  }

  view(chatId: string): ChatView | undefined {
    return this.rooms.get(chatId)?.view;
  }

  /**
   * Reads messages before the first one that is here, at most `limit`, fewer where they are long; says whether there are
   * more. Refusals are those of `message:list`.
   */
  async loadOlder(chatId: string, limit: number = olderDefault): Promise<boolean> {
    const room = this.rooms.get(chatId);
    if (!room?.log.hasOlder) return false;
    const before = room.log.beginOlder();
    let page;
    try {
      // A server that does not say `more` ends the history with a page that is not full.
      const { items, more = items.length === limit } = await this.ports.history(chatId, before, limit);
      page = { items, more };
    } finally {
      room.log.endOlder(before, page);
    }
    this.changed(chatId);
    for (const message of page.items) this.noteOwn(message);
    return room.log.hasOlder;
  }

  // --- What the client does with it

  /** Begins for this person. What is here is another's, unless it is the same person. */
  begin(userId: string): void {
    if (userId === this.userId) return;
    this.userId = userId;
    this.removals.clear();
    this.early.clear();
    for (const chatId of this.rooms.keys()) this.remove(chatId);
  }

  /** Where we stand in these chats, of all that are known where none are named. */
  positions(chatIds: Iterable<string> = this.rooms.keys()): Record<string, Position> {
    const positions: Record<string, Position> = {};
    for (const chatId of chatIds) {
      const room = this.rooms.get(chatId);
      if (room) positions[chatId] = room.log.position;
    }
    return positions;
  }

  /** Of these, the chats that are not known here. */
  unknown(chatIds: readonly string[]): readonly string[] {
    return chatIds.filter((chatId) => !this.rooms.has(chatId));
  }

  /**
   * Applies what `sync` or `chat:join` said of a chat; says whether there is more to ask.
   *
   * @param since what was asked for; nothing where the chat was not named
   */
  synced(chatId: string, answer: ChatSync, since?: Position): boolean {
    if ('gone' in answer) {
      this.remove(chatId);
      return false;
    }
    if ('more' in answer) {
      for (const message of answer.messages) this.noteOwn(message);
      if (since) this.rooms.get(chatId)?.log.addPage(answer, since);
      this.changed(chatId);
      return answer.more && this.rooms.has(chatId);
    }
    if ('reset' in answer) this.reset(answer.chat, answer.messages);
    // Else a kind of answer that only a newer server knows.
    else if ('chat' in answer) this.learn(answer.chat);
    return false;
  }

  /** A chat as somebody told it. One that is known keeps what it has; what it lacks is asked for. */
  learn(chat: Chat): void {
    if (this.isFromBeforeRemoval(chat)) return;
    const known = this.rooms.get(chat.id);
    if (known) known.log.expect({ seq: chat.lastSeq, rev: chat.rev });
    else this.open(chat, []);
    this.changed(chat.id);
  }

  /** A draft became this message. */
  confirmed(draft: Draft, message: Message): void {
    this.rooms.get(message.chatId)?.confirmed(draft, message);
    this.changed(message.chatId);
  }

  /** The drafts of a chat are not as they were. */
  draftsChanged(chatId: string): void {
    if (this.rooms.has(chatId)) this.changed(chatId);
  }

  /** Any fact. A change of a kind that only a newer server knows takes its place in the log. */
  hear(name: string, payload: unknown): void {
    const handle = Object.hasOwn(this.handlers, name) ? this.handlers[name as FactName] : undefined;
    if (handle) (handle as (payload: unknown) => void)(payload);
    else if (isChange(payload)) this.heard(payload.chatId, ({ log }) => log.addChange(payload));
  }

  /** What each fact does here. */
  private readonly handlers: FactHandlers = {
    'message:new': (message) => {
      this.noteOwn(message);
      this.heard(message.chatId, ({ log }) => log.addMessage(message));
    },
    'message:edited': (change) => this.heard(change.chatId, ({ log }) => log.addChange(change)),
    'message:deleted': (change) => this.heard(change.chatId, ({ log }) => log.addChange(change)),
    'member:added': (change) => this.heard(change.chatId, ({ log }) => log.addChange(change)),
    'member:removed': (change) => this.memberRemoved(change),
    'chat:updated': (change) => this.heard(change.chatId, ({ log }) => log.addChange(change)),
    'chat:deleted': ({ chatId }) => this.remove(chatId),
    'chat:hidden': ({ chatId, seq }) => {
      // What was said meanwhile has brought it back already.
      if ((this.rooms.get(chatId)?.log.position.seq ?? 0) <= seq) this.remove(chatId);
    },
    'chat:created': (chat) => this.learn(chat),
    'chat:heads': ({ chats }) => {
      for (const [chatId, head] of Object.entries(chats)) this.heard(chatId, ({ log }) => log.expect(head));
    },
  } satisfies { [F in FactName]?: (payload: FactOf<F>) => void };

  private memberRemoved(change: FactOf<'member:removed'>): void {
    const room = this.rooms.get(change.chatId);
    // Removed, and added again since: the news came in the other order.
    const isBack = room?.log.knowsAfter(change.rev) ?? false;
    if (change.userId === this.userId && !isBack) {
      this.removals.set(change.chatId, change.rev);
      this.remove(change.chatId);
    } else this.heard(change.chatId, ({ log }) => log.addChange(change));
  }

  private heard(chatId: string, apply: (room: ChatRoom) => void): void {
    const room = this.rooms.get(chatId);
    if (room) {
      apply(room);
      this.changed(chatId);
    } else {
      this.early.set(chatId, [...(this.early.get(chatId) ?? []), apply].slice(-earlyMax));
      this.ports.behind(chatId, true);
    }
  }

  /** Whether a state was read before the removal that this person was told of. One that was not is of a new membership. */
  private isFromBeforeRemoval({ id, rev }: Chat): boolean {
    if (rev < (this.removals.get(id) ?? 0)) return true;
    this.removals.delete(id);
    return false;
  }

  private reset(chat: Chat, messages: readonly Message[]): void {
    if (this.isFromBeforeRemoval(chat)) return;
    for (const message of messages) this.noteOwn(message);
    const known = this.rooms.get(chat.id);
    if (known) known.log.begin(chat, messages);
    else this.open(chat, messages);
    this.changed(chat.id);
  }

  private remove(chatId: string): void {
    this.early.delete(chatId);
    this.ports.behind(chatId, false);
    if (this.rooms.delete(chatId)) this.news.tell({ chatId });
  }

  /** A chat as it was when it was read, and what was heard of it before that came. */
  private open(chat: Chat, messages: readonly Message[]): void {
    const room = new ChatRoom(this.userId, chat, this.messagesMax, () => this.ports.pending(chat.id));
    this.rooms.set(chat.id, room);
    room.log.begin(chat, messages);
    for (const apply of this.early.get(chat.id) ?? []) apply(room);
    this.early.delete(chat.id);
  }

  /** Everybody sees these ids, so another person may use one of ours. */
  private noteOwn(message: Message): void {
    const isOwn = message.sender.id === this.userId && message.clientMessageId !== undefined;
    if (isOwn) this.ports.ownMessage(message);
  }

  private changed(chatId: string): void {
    const room = this.rooms.get(chatId);
    if (!room) return;
    room.touch();
    this.ports.behind(chatId, room.log.isBehind);
    this.news.tell({ chatId, view: room.view });
  }
}

function isChange(payload: unknown): payload is Change {
  if (typeof payload !== 'object' || payload === null) return false;
  const { chatId, rev, kind }: Partial<Record<keyof Change, unknown>> = payload;
  return typeof chatId === 'string' && Number.isSafeInteger(rev) && typeof kind === 'string';
}

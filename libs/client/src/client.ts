import type {
  Chat,
  ChatSettingsWish,
  CommandName,
  FactName,
  FactOf,
  HintOf,
  Message,
  NewInvite,
  ReplyOf,
  RequestInput,
  Role,
} from '@roost/contract';
import { RoostApi } from './api/api.js';
import { inBackground } from './background.js';
import { RoostConnection } from './connection/connection.js';
import { ackTimeoutDefaultMs } from './connection/options.js';
import type { ConnectionOptions } from './connection/options.js';
import { Pacer } from './connection/pacer.js';
import { isOver } from './connection/state.js';
import type { ConnectionState, SessionReady } from './connection/state.js';
import type {
  ActReply,
  BanOptions,
  ChangeCommand,
  InviteOptions,
  Draft,
  MessageToSend,
  SendOptions,
} from './outbox/draft.js';
import type { Sent } from './outbox/entry.js';
import { Outbox } from './outbox/outbox.js';
import { OpenChats } from './sync/open-chats.js';
import { ChatWatch } from './sync/chat-watch.js';
import { Drafts, sendable } from './sync/drafts.js';
import { History } from './sync/history.js';
import { messageStream } from './sync/message-stream.js';
import type { ReadAfter, StreamOptions } from './sync/message-stream.js';
import { Reading } from './sync/reading.js';
import { Syncer } from './sync/syncer.js';
import { Typing } from './sync/typing.js';
import { WatchedPeople } from './sync/watched-people.js';
import type { AskSync } from './sync/syncer.js';
import type { ClientEvent } from './state/events.js';
import { chatList, chatView, draftOf, marksOf, positionsOf } from './state/selectors.js';
import type { ChatView } from './state/selectors.js';
import type { Range, State } from './state/state.js';
import { Store } from './state/store.js';
import { MemoryStorage } from './storage/memory-storage.js';
import { ReliableStorage } from './storage/reliable-storage.js';
import { SnapshotKeeper } from './storage/snapshot-keeper.js';
import type { ClientStorage } from './storage/storage.js';
import { realWorld, steady } from './time.js';
import type { Surroundings } from './time.js';

export interface RoostClientOptions extends ConnectionOptions {
  /**
   * Where messages wait until they are sent, and where the newest of all chats is kept for the next start. Default: in memory.
   * One for each person.
   */
  readonly storage?: ClientStorage;
  /** Messages that are kept of each chat, beside older ones that were asked for. Default 200. */
  readonly messagesPerChat?: number;
  /**
   * Whether others are told that messages have got to this device, before they are read: one command a second and chat where
   * others speak. Default false.
   */
  readonly tellsDelivery?: boolean;
}

/** Between replicas a later fact may come first; what has not come after this time was lost (rule M3). */
const gapMaxMs = 2_000;

/**
 * A page comes late over a slow link, and is useful then. Whether somebody is there at all is found out by probes; and what passes
 * in the meantime is not asked for again.
 */
const syncTimeoutMs = 60_000;
/** What needs no name to be repeated: it says what is to be, or has one already. */
const harmless: ReadonlySet<CommandName> = new Set(['message:send', 'message:delete', 'message:react', 'chat:mark']);

/**
 * A person's chats, kept up to date, and their messages, sent for certain: one connection, an outbox, and the state of
 * every chat. Whatever happens to connections and replicas, a message is stored once and nothing is missing in the end.
 */
export class RoostClient {
  /** One's own messages that are not confirmed yet. */
  readonly outbox: Outbox;
  private readonly connection: RoostConnection;
  private readonly ackTimeoutMs: number;
  private readonly store: Store;
  private readonly history: History;
  private readonly syncer: Syncer;
  private readonly reading: Reading;
  private readonly drafts: Drafts;
  private readonly gaps: ChatWatch;
  private readonly ownGap: ChatWatch;
  private readonly writing: Typing;
  private readonly people: WatchedPeople;
  private presence: HintOf<'presence:set'>['state'] = 'online';
  private readonly keeper: SnapshotKeeper;
  private restored: Promise<void> | undefined;
  private readonly open: OpenChats;
  private readonly pacer: Pacer;
  private polling = new AbortController();
  private streams = new AbortController();
  /** Whether this server tells heads every few seconds while it is degraded. */
  private tellsHeads = false;

  private readonly surroundings: Surroundings;

  constructor(options: RoostClientOptions, world: Surroundings = realWorld) {
    const surroundings = (this.surroundings = steady(world));
    const { clock } = surroundings;
    this.ackTimeoutMs = options.ackTimeoutMs ?? ackTimeoutDefaultMs;
    this.connection = new RoostConnection(
      options,
      {
        catchUp: (session, signal) => this.catchUp(session, signal),
        carryOut: (name, request, timeoutMs) => this.carryOutFor(name, request, timeoutMs),
        tabGone: () => this.takeUp(),
        signedOutElsewhere: () => inBackground(this.forget()),
      },
      surroundings,
    );
    const storage = new ReliableStorage(
      options.storage ?? new MemoryStorage(),
      clock,
      (error) => this.happened({ type: 'storage', error }),
      () => this.takeUp(),
    );
    this.outbox = new Outbox(
      storage,
      {
        isOnline: () => this.session !== undefined,
        send: (draft) => this.carryOut(draft),
        sendAlone: (draft) =>
          draft.command === 'message:send' ? sendByRest(options, draft.request) : this.carryOut(draft),
        stored: (draft, message) => this.happened({ type: 'confirmed', draft, message }),
        made: (change, reply) => this.happened({ type: 'made', change, reply }),
        kept: () => this.keeper.kept(),
      },
      // It and what is kept say when something was, to people.
      world,
      this.connection.tab,
    );
    this.pacer = new Pacer(clock);
    this.open = new OpenChats((chatId) => this.join(chatId), surroundings);
    this.store = new Store(clock, options.messagesPerChat ?? 200);
    const { getSnapshot, subscribe } = this.store;
    const events = { getSnapshot, subscribe, dispatch: (event: ClientEvent) => this.happened(event) };
    this.keeper = new SnapshotKeeper(events, storage, world.clock);
    this.gaps = new ChatWatch(clock, gapMaxMs, (chatIds) => inBackground(this.repair(chatIds)));
    this.ownGap = new ChatWatch(clock, gapMaxMs, () => inBackground(this.repairOwn()));
    this.writing = new Typing(clock, {
      say: (hint, chatId) => this.connection.hint(hint, { chatId }),
      lapsed: (chatId, userId) => this.happened({ type: 'typingLapsed', chatId, userId }),
    });
    this.people = new WatchedPeople(async (userIds) => {
      const { users } = await this.command('presence:watch', { userIds: [...userIds] });
      this.happened({ type: 'presence', users });
    }, surroundings);
    const isOnline = () => this.session !== undefined;
    const command = <K extends CommandName>(name: K, request: RequestInput<K>) => this.command(name, request);
    const { tellsDelivery = false } = options;
    this.reading = new Reading(events, { isOnline, command }, { storage, tellsDelivery }, surroundings);
    const save = (request: RequestInput<'draft:save'>) => this.command('draft:save', request);
    this.drafts = new Drafts(events, { isOnline, save }, storage, surroundings);
    // Older servers, which tell no limits, know no `maxBytes` either, and some keep nothing of one's own.
    const ask: AskSync = (chats, { maxBytes, me, ...wish }) => {
      const bounds = this.session?.limits;
      const request = { chats, ...wish, ...(bounds && { maxBytes }), ...(me && bounds?.ownChanges && { me }) };
      return this.command('sync', request, syncTimeoutMs);
    };
    this.syncer = new Syncer(events, ask, surroundings);
    this.history = new History(events, (request) => this.historyPage(request));
    this.listen();
  }

  // --- What is known

  /** All that is known, as plain data that is never changed: the same object until something is different. */
  readonly getSnapshot = (): State => this.store.getSnapshot();

  /** Calls `listener` after each turn of the event loop in which something changed; gives the function that ends it. */
  readonly subscribe = (listener: () => void): (() => void) => this.store.subscribe(listener);

  /**
   * Calls `listener` when what `selector` makes of the snapshot is another value, by identity or by `isEqual`; gives the
   * function that ends it.
   */
  select<Selected>(
    selector: (state: State) => Selected,
    listener: (selected: Selected, before: Selected) => void,
    isEqual?: (one: Selected, other: Selected) => boolean,
  ): () => void {
    return this.store.select(selector, listener, isEqual);
  }

  /** All chats that are known here, newest activity first. */
  get chats(): readonly Chat[] {
    return chatList(this.getSnapshot());
  }

  /** A chat as it is shown; undefined where it is not known, or gone. */
  view(chatId: string): ChatView | undefined {
    return chatView(this.getSnapshot(), chatId);
  }

  // --- The connection

  get state(): ConnectionState {
    return this.connection.state;
  }

  /** Who is connected, and to which replica; undefined while there is no connection. */
  get session(): SessionReady | undefined {
    return this.connection.session;
  }

  /** Tells of every new state from now on; gives the function that ends it. */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.connection.onState(listener);
  }

  /**
   * Connects and stays connected. Resolves when the chats are up to date; rejects with `ChatError` when the handshake is
   * refused for good, and with `NoAnswer` when nobody was reached in time. After either it has ended, and `connect` may be
   * called again.
   */
  connect(): Promise<SessionReady> {
    inBackground(this.restore());
    return this.connection.connect();
  }

  /**
   * Reads what an earlier run has kept, which `connect` does as well: a page can show it before there is a connection, or
   * without one. `getSnapshot().keptAt` says that it is so. Resolves also where the storage fails.
   */
  restore(): Promise<void> {
    this.restored ??= Promise.all([this.restoreState(), this.outbox.restore()]).then(() => this.confirmKept());
    return this.restored;
  }

  /** Where the program ended between keeping a message and forgetting its draft, both are there. */
  private confirmKept(): void {
    const { userId, chats } = this.getSnapshot();
    const messages = chats
      .flatMap((piece) => Object.values(piece))
      .flatMap(({ segments }) => segments.flatMap((segment) => segment.messages));
    for (const message of messages) if (message.sender.id === userId) this.outbox.confirm(message);
  }

  /** Disconnects for good; whoever waits for an answer gets `NoAnswer`. Unsent messages stay in their store. */
  close(): void {
    this.endStreams();
    this.connection.close();
    this.keeper.write();
  }

  /**
   * The person leaves this device: disconnects for good, in all tabs, and forgets everything, what is kept and unsent messages too, for
   * the next person must not find it. The session lives on: `Session.signOut` ends that.
   */
  async signOut(): Promise<void> {
    this.endStreams();
    this.connection.signOut();
    await this.forget();
  }

  /**
   * Sends a message, now or when there is a connection, again and again with the same `clientMessageId` until it is stored;
   * the messages of a chat are stored in this order. Until then it is in `chats` as pending. Resolves when it is stored.
   * Rejects with `ChatError` when refused for good: then it stays as `failed`, until `outbox.retry` or `outbox.discard`.
   */
  send(chatId: string, text: string, options: SendOptions = {}): Promise<Sent> {
    this.writing.ends(chatId, true);
    return this.promised(this.outbox.add(chatId, text, options));
  }

  /**
   * Says what one has written in a chat so far, as often as something is typed; empty: nothing. It is in the view as `draft`, on all one's
   * devices. Where another one has written something else meanwhile, that is `draft.other`, until `chooseDraft`.
   */
  writeDraft(chatId: string, text: string, { parentId }: Pick<SendOptions, 'parentId'> = {}): void {
    this.drafts.write(chatId, text, parentId);
  }

  /** Of two drafts keeps one: what was written here, or what another device has. */
  chooseDraft(chatId: string, which: 'mine' | 'theirs'): void {
    this.drafts.choose(chatId, which);
  }

  /** Sends what one has written in a chat, as `send` does. Rejects with `request/invalid` where that is nothing. */
  async sendDraft(chatId: string, options: Omit<SendOptions, 'clientMessageId' | 'parentId'> = {}): Promise<Sent> {
    const { text, parentId, clientMessageId } = sendable(draftOf(this.getSnapshot(), chatId));
    const sent = this.send(chatId, text, { ...options, ...(parentId && { parentId }), clientMessageId });
    this.drafts.sent(chatId);
    return sent;
  }

  // --- Changes. As messages they are kept, made once however often they have to be asked for, in the order of what one does in
  // that chat, and shown at once. Each rejects with `ChatError` when refused for good: then the chat is shown as it is, and the change
  // stays in its view as `failed`, until `outbox.retry` or `outbox.discard`.

  /** Replaces the text of a message of one's own. */
  editMessage({ chatId, id }: Pick<Message, 'chatId' | 'id'>, text: string): Promise<ReplyOf<'message:edit'>> {
    return this.change(chatId, 'message:edit', { messageId: id, text });
  }

  /** Deletes a message for everybody. */
  deleteMessage({ chatId, id }: Pick<Message, 'chatId' | 'id'>): Promise<ReplyOf<'message:delete'>> {
    return this.change(chatId, 'message:delete', { messageId: id });
  }

  /** Reacts to a message with an emoji, or takes that back. */
  react({ chatId, id }: Pick<Message, 'chatId' | 'id'>, emoji: string, on = true): Promise<ReplyOf<'message:react'>> {
    return this.change(chatId, 'message:react', { messageId: id, emoji, on });
  }

  /** Mutes, pins or archives a chat, or marks it as unread, for oneself and on all one's devices; what is left out stays. */
  markChat(chatId: string, marks: Omit<RequestInput<'chat:mark'>, 'chatId'>): Promise<ReplyOf<'chat:mark'>> {
    return this.change(chatId, 'chat:mark', { chatId, ...marks });
  }

  renameChat(chatId: string, title: string): Promise<ReplyOf<'chat:update'>> {
    return this.change(chatId, 'chat:update', { chatId, title });
  }

  /** Says who may do what in a chat, and how long each person waits between two messages; what is left out stays. */
  changeSettings(chatId: string, settings: ChatSettingsWish): Promise<ReplyOf<'chat:update'>> {
    return this.change(chatId, 'chat:update', { chatId, settings });
  }

  addMembers(chatId: string, userIds: readonly string[]): Promise<ReplyOf<'member:add'>> {
    return this.change(chatId, 'member:add', { chatId, userIds: [...userIds] });
  }

  /** Gives a member another role; `owner` hands the chat over, and makes oneself an admin. */
  updateMember(chatId: string, userId: string, role: Role): Promise<ReplyOf<'member:update'>> {
    return this.change(chatId, 'member:update', { chatId, userId, role });
  }

  removeMember(chatId: string, userId: string): Promise<ReplyOf<'member:remove'>> {
    return this.change(chatId, 'member:remove', { chatId, userId });
  }

  /** Keeps somebody out of a chat, for good or until `expiresAt`, and removes them; `api.bans.list` gives who is kept out. */
  banMember(chatId: string, userId: string, ban: BanOptions = {}): Promise<ReplyOf<'member:ban'>> {
    return this.change(chatId, 'member:ban', { chatId, userId, ...ban });
  }

  unbanMember(chatId: string, userId: string): Promise<ReplyOf<'member:unban'>> {
    return this.change(chatId, 'member:unban', { chatId, userId });
  }

  /**
   * Makes a link by which people come into a chat: its token is in the answer alone. What was not answered is repeated with the same
   * `clientMutationId`. `api.invites.list` gives those there are.
   */
  async createInvite(chatId: string, invite: InviteOptions = {}): Promise<NewInvite> {
    return (await this.command('invite:create', { chatId, ...invite })).invite;
  }

  async revokeInvite(chatId: string, inviteId: string): Promise<void> {
    await this.command('invite:revoke', { chatId, inviteId });
  }

  /** Comes into the chat that an invite is for, and is harmless to repeat; `api.invites.get` says before what that is. */
  async acceptInvite(token: string): Promise<Chat> {
    const { chat } = await this.command('invite:accept', { token });
    this.happened({ type: 'learned', chat });
    return chat;
  }

  /** Leaves a chat for good; `leave` only closes it. */
  leaveForGood(chatId: string): Promise<ReplyOf<'member:leave'>> {
    return this.change(chatId, 'member:leave', { chatId });
  }

  /** Changes one's name or picture, wherever one is shown; an empty `avatarUrl` for no picture. */
  async updateProfile(profile: RequestInput<'me:update'>): Promise<ReplyOf<'me:update'>['user']> {
    return (await this.command('me:update', profile)).user;
  }

  // --- Reading

  /**
   * Opens a chat, on later connections as well, and reads its newest messages where less than a page of them is here. Facts come to
   * every member without it.
   */
  async join(chatId: string): Promise<ReplyOf<'chat:join'>> {
    const since = positionsOf(this.getSnapshot(), [chatId])[chatId];
    this.open.add(chatId);
    if (marksOf(this.getSnapshot(), chatId).unread)
      inBackground(Promise.allSettled([this.markChat(chatId, { unread: false })]));
    const reply = await this.command('chat:join', { chatId, ...(since && { since }) });
    if (reply.sync) this.happened({ type: 'synced', chatId, answer: reply.sync, ...(since && { since }) });
    else this.happened({ type: 'learned', chat: reply.chat });
    // Who has changed their name while this device was away.
    for (const payload of reply.chat.members ?? [])
      if (payload.profileRev) this.happened({ type: 'fact', name: 'user:updated', payload });
    inBackground(this.reading.loadReceipts(chatId));
    await this.history.fill(chatId);
    return reply;
  }

  /**
   * Marks a chat as read up to a message, or to its end, on all one's devices. It shows at once, is kept until the server knows,
   * and never goes back.
   */
  markRead(chatId: string, seq: number = Infinity): void {
    this.reading.markRead(chatId, seq);
  }

  /**
   * Says that one is writing in a chat: call it as often as something is typed, and with `false` where the field is empty again. Others
   * who have the chat open see it for 6 s, or until the message comes.
   */
  typing(chatId: string, isTyping = true): void {
    if (isTyping) this.writing.goesOn(chatId);
    else this.writing.ends(chatId, false);
  }

  /**
   * Watches whether people are there, on later connections as well: `getSnapshot().presence` says so. Of those who share no chat with this
   * person nothing is said. At most 500, those that were asked for last.
   */
  watchPresence(userIds: readonly string[]): void {
    if (this.people.add(userIds)) this.askPresence();
  }

  /** Says whether somebody is at this device. Others see the most active one. */
  setPresence(state: HintOf<'presence:set'>['state']): void {
    this.presence = state;
    this.connection.hint('presence:set', { state });
  }

  leave(chatId: string): Promise<ReplyOf<'chat:leave'>> {
    this.open.delete(chatId);
    return this.command('chat:leave', { chatId });
  }

  /** Chats that were active longest ago, 100 more at a time; says whether there may be still more. */
  async loadMoreChats(): Promise<boolean> {
    return this.syncer.loadMore();
  }

  /**
   * Reads messages before the first one that is shown, at most `limit` (50), fewer where they are long; says whether there
   * are more. Refusals of this and the next are those of `message:list`.
   */
  loadOlder(chatId: string, limit?: number): Promise<boolean> {
    return this.history.loadOlder(chatId, limit);
  }

  /** Reads messages after the last one that is shown, where that is not the end of the chat; says whether there are more. */
  loadNewer(chatId: string, limit?: number): Promise<boolean> {
    return this.history.loadNewer(chatId, limit);
  }

  /** Shows the part of a chat around this place, wherever that is: its view is that part until one looks elsewhere. */
  loadAround(chatId: string, seq: number, limit?: number): Promise<void> {
    return this.history.loadAround(chatId, seq, limit);
  }

  /** The place of the first message at or after a moment, for `loadAround`; past the end of the chat where there is none. */
  seqAt(chatId: string, at: Date): Promise<number> {
    return this.history.seqAt(chatId, at);
  }

  /** Says which messages are on the screen: they are not let go, nor what is near. Without a range: the end of the chat. */
  look(chatId: string, at?: Range): void {
    this.history.look(chatId, at);
  }

  /**
   * Any command of the contract, until the server has taken it, once. Rejects with `ChatError` when the server refuses and with `NoAnswer` when no
   * answer came. While a connection is being made, or where it would be more than the server takes of one person, the command
   * waits, as long as its time-out allows.
   */
  async command<K extends CommandName>(
    name: K,
    request: RequestInput<K>,
    timeoutMs: number = this.ackTimeoutMs,
  ): Promise<ReplyOf<K>> {
    return this.pacer.inTurn(name, request, timeoutMs, (leftMs) => this.connection.command(name, request, leftMs));
  }

  /** Calls `listener` for every such fact as it comes, which may be twice or out of order; the snapshot puts that right. */
  on<F extends FactName>(fact: F, listener: (payload: FactOf<F>) => void): () => void {
    return this.connection.on(fact, listener);
  }

  /**
   * Every message of all chats once, those of a chat in order, one's own too: for a bot, which must miss none. It goes on across
   * lost connections and, with `since`, after the program ended: keep the `seq` of the last message of each chat that you dealt with.
   * Ends when `signal` aborts, and when the client is closed or the person leaves this device.
   */
  messages({ since, signal }: StreamOptions = {}): AsyncGenerator<Message, void> {
    const { getSnapshot, subscribe } = this;
    const read: ReadAfter = (chatId, after, limit) => this.historyPage({ chatId, after, limit });
    const onConnection = (listener: () => void) => this.onState(listener);
    const onMessage = (listener: (message: Message) => void) => this.on('message:new', listener);
    const loadMoreChats = () => this.loadMoreChats();
    const source = { getSnapshot, subscribe, onConnection, onMessage, loadMoreChats };
    const own = this.streams.signal;
    const ends = signal ? AbortSignal.any([signal, own]) : own;
    return messageStream(source, read, this.surroundings, { ...(since && { since }), signal: ends });
  }

  /** The next such fact that `matches`; `NoAnswer` when there is none within `timeoutMs` (default 10,000). */
  next<F extends FactName>(fact: F, matches?: (payload: FactOf<F>) => boolean, timeoutMs?: number): Promise<FactOf<F>> {
    return this.connection.next(fact, matches, timeoutMs);
  }

  // --- What happens

  /** The one door through which anything gets into the state. */
  private happened(event: ClientEvent): void {
    const { userId, behind, uncounted, own } = this.getSnapshot();
    // Told first, so that no draft is shown beside the message that it became. Everybody sees these ids, so another person
    // may use one of ours.
    for (const message of messagesIn(event)) {
      if (message.sender.id !== userId) this.reading.delivered(message.chatId, message.seq);
      else if (message.clientMessageId !== undefined) {
        this.outbox.confirm(message);
        this.drafts.becameMessage(message.chatId, message.clientMessageId);
      }
    }
    this.store.dispatch(event);
    const now = this.getSnapshot();
    if (now.behind !== behind) this.gaps.watch(now.behind);
    if (now.own !== own) this.watchOwn();
    if (now.uncounted !== uncounted) this.reading.watch(now.uncounted);
  }

  /** Older servers, which tell no limits, know no names of changes either: there, repeating is as harmless as the change is by nature. */
  private carryOut({ id, command, request }: Draft): Promise<ActReply> {
    const isNamed = !harmless.has(command) && this.session?.limits;
    return this.command(command, { ...request, ...(isNamed && { clientMutationId: id }) });
  }

  /** For a tab that asks through this one: all keep to the limits together. */
  private carryOutFor<K extends CommandName>(
    name: K,
    request: RequestInput<K>,
    timeoutMs: number,
  ): Promise<ReplyOf<K>> {
    return this.pacer.inTurn(name, request, timeoutMs, (leftMs) => this.connection.carryOut(name, request, leftMs));
  }

  private change<K extends ChangeCommand>(chatId: string, command: K, request: RequestInput<K>): Promise<ReplyOf<K>> {
    return this.promised(this.outbox.change(chatId, command, request));
  }

  /** What the outbox has taken; where nothing will be sent until somebody connects anew, whoever waits for it is told so. */
  private promised<Reply>(done: Promise<Reply>): Promise<Reply> {
    if (isOver(this.state) && this.state.reason) this.outbox.release();
    return done;
  }

  /** Tombstones too, so that every place of a page is known; older servers, which tell no limits, leave them out. */
  private historyPage(request: RequestInput<'message:list'>): Promise<ReplyOf<'message:list'>> {
    return this.command('message:list', { ...request, ...(this.session?.limits && { deleted: 'include' }) });
  }

  private listen(): void {
    this.connection.onAny((name, payload) => this.happened({ type: 'fact', name, payload }));
    this.connection.on('message:new', () => this.outbox.hasten());
    this.connection.on('chat:updated', ({ chatId }) => this.outbox.wakeIn(chatId));
    this.connection.on('typing:changed', (change) => this.writing.heard(change));
    this.connection.on('server:degraded', ({ headsMs }) => {
      this.tellsHeads = headsMs !== undefined;
    });
    this.connection.on('store:recovered', () => this.outbox.storeRecovered());
    this.outbox.onChange((chatId) => {
      const [pending, changes] = [this.outbox.pending(chatId), this.outbox.changes(chatId)];
      this.happened({ type: 'drafts', chatId, pending, changes });
    });
    this.connection.onState((state) => this.stateChanged(state));
  }

  private stateChanged(state: ConnectionState): void {
    this.happened({ type: 'connection', state });
    this.polling.abort();
    switch (state.name) {
      case 'connecting':
        this.disconnected();
        return;
      case 'catchingUp':
        this.pacer.limits(state.session.limits);
        this.outbox.wake();
        this.reading.wake();
        this.drafts.wake();
        return;
      case 'degraded':
        this.polling = new AbortController();
        inBackground(this.syncer.poll(this.polling.signal, () => this.tellsHeads));
        return;
      case 'live':
        return;
      case 'stopped':
      case 'signedOut':
        this.disconnected();
        this.outbox.release();
    }
  }

  /** What is missing is asked for when there is a connection again. */
  private disconnected(): void {
    for (const one of [this.gaps, this.ownGap, this.reading, this.writing, this.open]) one.stop();
  }

  private async catchUp({ userId }: SessionReady, signal: AbortSignal): Promise<void> {
    await this.restore();
    if (signal.aborted) return;
    this.happened({ type: 'began', userId });
    await this.syncer.catchUp(signal);
    this.reading.watch(this.getSnapshot().uncounted);
    this.people.forgotten();
    this.askPresence();
    if (this.presence !== 'online') this.setPresence(this.presence);
    // Nothing is missed for want of it: facts come to every member.
    if (!signal.aborted) inBackground(this.open.again());
  }

  /** What waits in the storage and is nobody's is this client's from now on. */
  private takeUp(): void {
    inBackground(Promise.all([this.outbox.takeUp(), this.reading.restore()]));
  }

  private askPresence(): void {
    inBackground(this.people.askAll(() => this.session !== undefined));
  }

  private async restoreState(): Promise<void> {
    await this.keeper.restore();
    await Promise.all([this.reading.restore(), this.drafts.restore()]);
  }

  private async forget(): Promise<void> {
    this.open.clear();
    this.people.clear();
    this.happened({ type: 'left' });
    if (this.restored) {
      // What is being read from the storage at this moment is not to come back.
      await this.restored;
      this.happened({ type: 'left' });
    }
    await Promise.all([this.outbox.clear(), this.reading.clear(), this.drafts.clear(), this.keeper.clear()]);
  }

  private endStreams(): void {
    this.streams.abort();
    this.streams = new AbortController();
  }

  /** Something of one's own log is missing, or not. */
  private watchOwn(): void {
    const { rev, head } = this.getSnapshot().own;
    this.ownGap.watch(head > rev ? { own: true } : {});
  }

  private async repairOwn(): Promise<void> {
    if (!this.session) return;
    await Promise.allSettled([this.syncer.repairOwn()]);
    this.watchOwn();
  }

  private async repair(chatIds: readonly string[]): Promise<void> {
    // Whoever connects asks for everything.
    if (!this.session) return;
    const [{ status }] = await Promise.allSettled([this.syncer.repair(chatIds)]);
    if (status === 'rejected') for (const chatId of chatIds) this.gaps.note(chatId, true);
  }
}

async function sendByRest(options: ConnectionOptions, body: MessageToSend): Promise<Sent> {
  const { duplicate, ...message } = await new RoostApi({ ...options, retries: 0 }).messages.send({ body });
  return { message, ...(duplicate && { duplicate }) };
}

function messagesIn(event: ClientEvent): readonly Message[] {
  if (event.type === 'fact') return event.name === 'message:new' ? [event.payload as Message] : [];
  if (event.type === 'synced') return 'messages' in event.answer ? event.answer.messages : [];
  return event.type === 'read' ? (event.page?.items ?? []) : [];
}

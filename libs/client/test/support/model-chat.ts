import type {
  Change,
  Chat,
  ChatSettings,
  ChatSync,
  Member,
  Message,
  MessagePage,
  Position,
  Role,
  User,
} from '@roost/contract';

export const ada: User = { id: 'a'.repeat(24), displayName: 'Ada' };
export const grace: User = { id: 'b'.repeat(24), displayName: 'Grace' };
export const linus: User = { id: '1'.repeat(24), displayName: 'Linus' };
export const chatId = 'c'.repeat(24);

/** Kinds of change, without what the log adds. */
type ChangeBody = Change extends infer C ? (C extends Change ? Omit<C, 'chatId' | 'rev' | 'at' | 'by'> : never) : never;

/** A chat as the server has it: two logs, and the state that comes of them. Ada is the one who looks. */
export class ModelChat {
  readonly messages: Message[] = [];
  readonly changes: Change[] = [];
  members: User[] = [ada, grace];
  title = 'Engines';
  settings: ChatSettings = { mayPost: 'everyone', mayAddMembers: 'admins', mayEditChat: 'admins', slowModeSeconds: 0 };
  /** Up to where Ada has read beside what she said herself. */
  readTo = 0;
  private readonly roles = new Map<string, Role>([[ada.id, 'owner']]);
  /** Places that `sync` leaves out: not there for Ada. */
  readonly hidden = { seqs: new Set<number>(), revs: new Set<number>() };
  private minutes = 1;

  constructor(readonly id = chatId) {}

  send(sender: User, text: string, more: Partial<Message> = {}): Message {
    const seq = this.messages.length + 1;
    const created = {
      id: hexId(seq),
      chatId: this.id,
      seq,
      sender,
      type: 'text' as const,
      text,
      createdAt: this.time(),
    };
    const message: Message = { ...created, ...more };
    this.messages.push(message);
    return message;
  }

  edit(seq: number, text: string): Change {
    const message = { ...this.message(seq), text, editedAt: this.time() };
    this.messages[seq - 1] = message;
    return this.log({ kind: 'message:edited', message });
  }

  delete(seq: number): Change {
    const change = this.log({ kind: 'message:deleted', messageId: hexId(seq), seq });
    const { reactions: _, ...message } = this.message(seq);
    this.messages[seq - 1] = { ...message, text: '', deletedAt: change.at };
    return change;
  }

  react(seq: number, { id }: User, emoji: string, on = true): Change {
    const { reactions: before = [], ...message } = this.message(seq);
    const userIdsOf = (one: string) => before.find((other) => other.emoji === one)?.userIds ?? [];
    const others = userIdsOf(emoji).filter((userId) => userId !== id);
    const emojis = new Set([...before.map((one) => one.emoji), emoji]);
    const reactions = [...emojis]
      .map((one) => [one, one === emoji ? [...others, ...(on ? [id] : [])] : userIdsOf(one)] as const)
      .filter(([, userIds]) => userIds.length > 0)
      .map(([one, userIds]) => ({ emoji: one, count: userIds.length, userIds }));
    this.messages[seq - 1] = { ...message, ...(reactions.length > 0 && { reactions }) };
    return this.log({ kind: 'message:reacted', messageId: hexId(seq), seq, reactions });
  }

  rename(title: string): Change {
    this.title = title;
    return this.log({ kind: 'chat:updated', chat: { title } });
  }

  set(settings: Partial<ChatSettings>): Change {
    this.settings = { ...this.settings, ...settings };
    return this.log({ kind: 'chat:updated', chat: { settings: this.settings } });
  }

  /** A kind of change that only a newer server knows. */
  unknown(): Change {
    return this.log({ kind: 'message:pinned', pin: { at: 7 } } as never);
  }

  /** @param readSeq where their reading begins */
  add(user: User, readSeq = 0): Change {
    this.members = [...this.members, user];
    this.roles.set(user.id, 'member');
    if (user.id === ada.id) this.readTo = readSeq;
    const member = { user, role: 'member' as const, joinedAt: this.time(), readSeq, deliveredSeq: readSeq };
    return this.log({ kind: 'member:added', member });
  }

  roleOf({ id }: User): Role {
    return this.roles.get(id) ?? 'member';
  }

  /** @param role `owner` hands the chat over */
  setRole(user: User, role: Role): Change {
    const previous = role === 'owner' ? this.members.find((one) => this.roleOf(one) === 'owner') : undefined;
    if (previous) this.roles.set(previous.id, 'admin');
    this.roles.set(user.id, role);
    return this.log({
      kind: 'member:updated',
      member: this.member(user),
      ...(previous && { previousOwner: this.member(previous) }),
    });
  }

  private member(user: User): Member {
    return { user, role: this.roleOf(user), joinedAt: '2026-01-01T00:00:00.000Z', readSeq: 0, deliveredSeq: 0 };
  }

  remove(user: User): Change {
    this.members = this.members.filter(({ id }) => id !== user.id);
    return this.log({ kind: 'member:removed', userId: user.id, reason: 'removed' });
  }

  /** Somebody who is not in it is kept out. */
  changeBans(): Change {
    return this.log({ kind: 'ban:changed' });
  }

  /** It is deleted, which is its last change. */
  end(): Change {
    return this.log({ kind: 'chat:deleted' });
  }

  message(seq: number): Message {
    const message = this.messages[seq - 1];
    if (!message) throw new Error(`there is no message ${seq}`);
    return message;
  }

  get head(): Position {
    return { seq: this.messages.length, rev: this.changes.length };
  }

  /** As Ada sees it. */
  get chat(): Chat {
    const lastMessage = this.messages.at(-1);
    const own = this.messages.findLast(({ sender }) => sender.id === ada.id)?.seq ?? 0;
    const readSeq = Math.max(own, this.readTo);
    const unread = this.messages.slice(readSeq).filter((one) => one.type !== 'system' && one.deletedAt === undefined);
    return {
      id: this.id,
      type: 'group',
      title: this.title,
      settings: this.settings,
      createdBy: ada.id,
      createdAt: '2026-01-01T00:00:00.000Z',
      lastActivityAt: lastMessage?.createdAt ?? '2026-01-01T00:00:00.000Z',
      ...(lastMessage && { lastMessage }),
      lastSeq: this.head.seq,
      rev: this.head.rev,
      memberCount: this.members.length,
      members: this.members,
      role: this.roleOf(ada),
      readSeq,
      unreadCount: unread.length,
    };
  }

  /** What `sync` answers: messages and edits as they are now, at most `limit` of each. */
  after({ seq, rev }: Position, limit = 100): ChatSync {
    const messages = this.messages.slice(seq, seq + limit);
    const changes = this.changes.slice(rev, rev + limit).map((change) => this.asNow(change));
    return {
      messages: messages.filter((message) => !this.hidden.seqs.has(message.seq)),
      changes: changes.filter((change) => !this.hidden.revs.has(change.rev)),
      seq: seq + messages.length,
      rev: rev + changes.length,
      more: messages.length === limit || changes.length === limit,
    };
  }

  reset(newest: number): ChatSync {
    return { reset: true, chat: this.chat, messages: this.messages.slice(-newest) };
  }

  /** A page of history: without tombstones. */
  before(seq: number, limit: number): MessagePage {
    const all = this.messages.filter((one) => one.seq < seq && one.deletedAt === undefined);
    return { items: all.slice(-limit), more: all.length > limit };
  }

  /** A page of history after a place. */
  later(seq: number, limit: number): MessagePage {
    const all = this.messages.filter((one) => one.seq > seq);
    return { items: all.slice(0, limit), more: all.length > limit };
  }

  /** A page of history with a place and what is around it. */
  around(seq: number, limit: number): MessagePage {
    const first = Math.max(0, seq - Math.ceil(limit / 2));
    const items = this.messages.slice(first, first + limit);
    const [moreBefore, moreAfter] = [first > 0, first + limit < this.messages.length];
    return { items, more: moreBefore || moreAfter, moreBefore, moreAfter };
  }

  private asNow(change: Change): Change {
    if (change.kind === 'message:reacted') return { ...change, reactions: this.message(change.seq).reactions ?? [] };
    if (change.kind === 'member:updated') {
      const { member, previousOwner } = change;
      return {
        ...change,
        member: this.member(member.user),
        ...(previousOwner && { previousOwner: this.member(previousOwner.user) }),
      };
    }
    return change.kind === 'message:edited' ? { ...change, message: this.message(change.message.seq) } : change;
  }

  private log(body: ChangeBody): Change {
    const change = { ...body, chatId: this.id, rev: this.changes.length + 1, at: this.time(), by: grace.id };
    this.changes.push(change);
    return change;
  }

  private time(): string {
    return new Date(Date.UTC(2026, 0, 1, 0, this.minutes++)).toISOString();
  }
}

const hexId = (seq: number) => seq.toString(16).padStart(24, '0');

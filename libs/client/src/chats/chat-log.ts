import type { Change, Chat, ChatSync, Message, Position } from '@roost/contract';
import { applyToChat, applyToMessage, withNewest } from './apply.js';

/** A page of `sync`: what follows a position. */
export type SyncPage = Extract<ChatSync, { readonly more: boolean }>;

/**
 * One chat as far as it is known here: its two logs, applied in order. Messages wait until those before them have come,
 * and so do changes; what comes twice is dropped. Whatever the order of arrival, the end is what the server has.
 */
export class ChatLog {
  private chatNow: Chat;
  private seq = 0;
  private rev = 0;
  /** Ascending by seq, up to `position.seq`, the newest `shown` of them. */
  private list: readonly Message[] = [];
  private mayHaveOlder = true;
  /** What came too early, by seq and by rev. */
  private readonly earlyMessages = new Map<number, Message>();
  private readonly earlyChanges = new Map<number, Change>();
  /** Changes of messages that are not here (yet), by message id. */
  private readonly changesOfAbsent = new Map<string, Change[]>();
  private olderReads = 0;
  /** How far the server is, as far as anybody said. */
  private head: Position = { seq: 0, rev: 0 };

  /**
   * @param userId whose view of the chat it is
   * @param messagesMax how many messages are kept
   */
  constructor(
    private readonly userId: string,
    chat: Chat,
    private messagesMax: number,
  ) {
    this.chatNow = chat;
    this.begin(chat, []);
  }

  get chat(): Chat {
    return this.chatNow;
  }

  get messages(): readonly Message[] {
    return this.list;
  }

  /** The last message and the last change before which nothing is missing. */
  get position(): Position {
    return { seq: this.seq, rev: this.rev };
  }

  /** Whether messages before the first are to be had from the history. */
  get hasOlder(): boolean {
    return this.mayHaveOlder;
  }

  /** Whether something is known to exist that is not here. */
  get isBehind(): boolean {
    return this.head.seq > this.seq || this.head.rev > this.rev;
  }

  /** Whether the server has told of a change after this one. */
  knowsAfter(rev: number): boolean {
    return this.head.rev > rev;
  }

  /** The server is at least here. */
  expect({ seq, rev }: Position): void {
    if (seq <= this.head.seq && rev <= this.head.rev) return;
    this.head = { seq: Math.max(this.head.seq, seq), rev: Math.max(this.head.rev, rev) };
  }

  addMessage(message: Message): void {
    this.expect({ seq: message.seq, rev: 0 });
    if (message.seq <= this.seq) return;
    this.earlyMessages.set(message.seq, message);
    this.advance();
  }

  addChange(change: Change): void {
    this.expect({ seq: 0, rev: change.rev });
    if (change.rev <= this.rev) return;
    this.earlyChanges.set(change.rev, change);
    this.advance();
  }

  /** A page that follows a position at or before ours. */
  addPage({ messages, changes, seq, rev }: SyncPage): void {
    for (const message of messages) this.addMessage(message);
    for (const change of changes) this.addChange(change);
    this.expect({ seq, rev });
  }

  /** The state anew, with the newest page. Where it was overtaken on its way, what came since is known to be missing again. */
  begin(chat: Chat, messages: readonly Message[]): void {
    this.chatNow = chat;
    this.list = [];
    // The page was read after the chat, and may have more.
    this.seq = Math.max(chat.lastSeq, messages.at(-1)?.seq ?? 0);
    this.rev = chat.rev;
    this.expect(this.position);
    for (const seq of this.earlyMessages.keys()) if (seq <= this.seq) this.earlyMessages.delete(seq);
    for (const rev of this.earlyChanges.keys()) if (rev <= this.rev) this.earlyChanges.delete(rev);
    this.keep(messages);
    for (const message of messages) {
      if (message.seq > chat.lastSeq) this.chatNow = withNewest(this.chatNow, message, this.userId);
    }
    this.mayHaveOlder = (this.list[0]?.seq ?? this.seq + 1) > 1;
    this.advance();
  }

  /** Where to read on before the first message; call it before reading and `endOlder` afterwards. */
  beginOlder(): number {
    this.olderReads++;
    return this.list[0]?.seq ?? this.seq + 1;
  }

  /** A page of history before `before`, undefined where reading failed. Changes that came meanwhile are applied to it. */
  endOlder(before: number, page: { readonly items: readonly Message[]; readonly isFirst: boolean } | undefined): void {
    this.olderReads--;
    if (page && before === (this.list[0]?.seq ?? this.seq + 1)) {
      this.messagesMax += page.items.length;
      this.keep([...page.items.map((message) => this.upToDate(message)), ...this.list]);
      this.mayHaveOlder = !page.isFirst;
    }
    this.forgetAbsent();
  }

  private advance(): void {
    for (let next = this.earlyMessages.get(this.seq + 1); next; next = this.earlyMessages.get(this.seq + 1)) {
      this.earlyMessages.delete(next.seq);
      this.seq = next.seq;
      const message = this.upToDate(next);
      this.keep([...this.list, message]);
      this.chatNow = withNewest(this.chatNow, message, this.userId);
    }
    for (let next = this.earlyChanges.get(this.rev + 1); next; next = this.earlyChanges.get(this.rev + 1)) {
      this.earlyChanges.delete(next.rev);
      this.rev = next.rev;
      this.apply(next);
    }
    this.forgetAbsent();
  }

  private apply(change: Change): void {
    const changed = changedMessage(change);
    const index = changed ? this.list.findLastIndex(({ id }) => id === changed.id) : -1;
    const before = this.list[index];
    if (before) this.list = this.list.with(index, applyToMessage(before, change));
    else if (changed) this.rememberAbsent(changed.id, change);
    const after = this.list[index];
    this.chatNow = applyToChat(this.chatNow, change, { before, after, messages: this.list, userId: this.userId });
  }

  private rememberAbsent(id: string, change: Change): void {
    this.changesOfAbsent.set(id, [...(this.changesOfAbsent.get(id) ?? []), change]);
  }

  /** What was said of messages that were not here is needed for those that are still to come, and for pages being read. */
  private forgetAbsent(): void {
    if (this.olderReads > 0) return;
    for (const [id, [change]] of this.changesOfAbsent) {
      const seq = change && changedMessage(change)?.seq;
      if (seq === undefined || seq <= this.seq) this.changesOfAbsent.delete(id);
    }
  }

  private upToDate(message: Message): Message {
    return (this.changesOfAbsent.get(message.id) ?? []).reduce(applyToMessage, message);
  }

  private keep(messages: readonly Message[]): void {
    const surplus = messages.length - this.messagesMax;
    this.list = messages.slice(Math.max(0, surplus));
    if (surplus > 0) this.mayHaveOlder = true;
  }
}

function changedMessage(change: Change): { readonly id: string; readonly seq: number } | undefined {
  switch (change.kind) {
    case 'message:edited':
      return change.message;
    case 'message:deleted':
      return { id: change.messageId, seq: change.seq };
    case 'member:added':
    case 'member:removed':
    case 'chat:updated':
    case 'chat:deleted':
      return undefined;
  }
}

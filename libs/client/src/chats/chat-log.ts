import type { AnyChange, Change, Chat, ChatSync, Message, Position } from '@roost/contract';
import { applyToChat, applyToMessage, isKnown, withNewest } from './apply.js';
import { InOrder } from './in-order.js';

/** A page of `sync`: what follows a position. */
export type SyncPage = Extract<ChatSync, { readonly more: boolean }>;

/** One chat as far as it is known here: its two logs, applied in order. Whatever the order of arrival, the end is what the server has. */
export class ChatLog {
  private chatNow: Chat;
  private readonly newMessages = new InOrder<Message>();
  private readonly newChanges = new InOrder<AnyChange>();
  /** Ascending by seq, up to `position.seq`, the newest `shown` of them. */
  private list: readonly Message[] = [];
  private mayHaveOlder = true;
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
    return { seq: this.newMessages.position, rev: this.newChanges.position };
  }

  /** Whether messages before the first are to be had from the history. */
  get hasOlder(): boolean {
    return this.mayHaveOlder;
  }

  /** Whether something is known to exist that is not here. */
  get isBehind(): boolean {
    const { seq, rev } = this.position;
    return this.head.seq > seq || this.head.rev > rev;
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
    this.newMessages.add(message.seq, message);
    this.advance();
  }

  addChange(change: AnyChange): void {
    this.expect({ seq: 0, rev: change.rev });
    this.newChanges.add(change.rev, change);
    this.advance();
  }

  /**
   * What `sync` says that follows `since`. It is all there is up to its own position: a place without an entry is not there.
   * Where the state began anew meanwhile, at a place before `since`, it says nothing of what lies between.
   */
  addPage({ messages, changes, seq, rev }: SyncPage, since: Position): void {
    this.expect({ seq, rev });
    for (const message of messages) this.newMessages.add(message.seq, message);
    for (const change of changes) this.newChanges.add(change.rev, change);
    const here = this.position;
    this.advance({ seq: since.seq <= here.seq ? seq : 0, rev: since.rev <= here.rev ? rev : 0 });
  }

  /** The state anew, with the newest page. Where it was overtaken on its way, what came since is known to be missing again. */
  begin(chat: Chat, messages: readonly Message[]): void {
    this.chatNow = chat;
    this.list = [];
    // The page was read after the chat, and may have more.
    this.newMessages.begin(Math.max(chat.lastSeq, messages.at(-1)?.seq ?? 0));
    this.newChanges.begin(chat.rev);
    this.expect(this.position);
    this.keep(messages);
    for (const message of messages) {
      if (message.seq > chat.lastSeq) this.chatNow = withNewest(this.chatNow, message, this.userId);
    }
    this.mayHaveOlder = this.first > 1;
    this.advance();
  }

  /** Where to read on before the first message; call it before reading and `endOlder` afterwards. */
  beginOlder(): number {
    this.olderReads++;
    return this.first;
  }

  /** A page of history before `before`, undefined where reading failed. Changes that came meanwhile are applied to it. */
  endOlder(before: number, page: { readonly items: readonly Message[]; readonly more: boolean } | undefined): void {
    this.olderReads--;
    if (page && before === this.first) {
      this.messagesMax += page.items.length;
      this.keep([...page.items.map((message) => this.upToDate(message)), ...this.list]);
      this.mayHaveOlder = page.more;
    }
    this.forgetAbsent();
  }

  /** The place of the first message, or of the next one where there is none. */
  private get first(): number {
    return this.list[0]?.seq ?? this.position.seq + 1;
  }

  private advance(completeTo: Position = { seq: 0, rev: 0 }): void {
    for (const next of this.newMessages.ready(completeTo.seq)) {
      const message = this.upToDate(next);
      this.keep([...this.list, message]);
      this.chatNow = withNewest(this.chatNow, message, this.userId);
    }
    // A kind that only a newer server knows takes its place, and that is all.
    for (const next of this.newChanges.ready(completeTo.rev)) if (isKnown(next)) this.apply(next);
    const { seq, rev } = this.position;
    const isThere = this.chatNow.lastSeq === seq && this.chatNow.rev === rev;
    if (!isThere) this.chatNow = { ...this.chatNow, lastSeq: seq, rev };
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
      if (seq === undefined || seq <= this.position.seq) this.changesOfAbsent.delete(id);
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
  if (change.kind === 'message:edited') return change.message;
  if (change.kind === 'message:deleted') return { id: change.messageId, seq: change.seq };
  return undefined;
}

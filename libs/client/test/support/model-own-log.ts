import type { ChatMarked, ChatMarks, DraftChanged, DraftSaved, OwnPage, UnsentText } from '@roost/contract';
import type { ModelChat } from './model-chat.js';

const at = '2026-01-01T00:00:00.000Z';

export const marked = (ownRev: number, chatId: string, marks: ChatMarks): ChatMarked => ({
  ownRev,
  at,
  kind: 'chat:marked',
  chatId,
  marks,
});

export const drafted = (ownRev: number, chatId: string, draft?: UnsentText): DraftChanged => ({
  ownRev,
  at,
  kind: 'draft:changed',
  chatId,
  ...(draft && { draft }),
});

const keyOf = (one: ChatMarked | DraftChanged): string =>
  `${one.chatId} ${one.kind === 'chat:marked' ? Object.keys(one.marks).join() : 'draft'}`;

/** A person's own log as the server has it: the newest of each mark, and of each draft, counts. */
export class ModelOwnLog {
  private readonly all: (ChatMarked | DraftChanged)[] = [];

  /** One mark of a chat. */
  mark(chatId: string, marks: ChatMarks): ChatMarked {
    const change = marked(this.all.length + 1, chatId, marks);
    this.all.push(change);
    return change;
  }

  /** What is written in a chat, unless that was made from another draft than the last, or is a message by now. */
  save({ id: chatId, messages }: ModelChat, base: number, wished?: UnsentText): DraftSaved & { change?: DraftChanged } {
    const last = this.all.findLast((one) => one.chatId === chatId && one.kind === 'draft:changed') as
      DraftChanged | undefined;
    const isSent = (one: UnsentText) => messages.some((message) => message.clientMessageId === one.clientMessageId);
    const draft = last?.draft && !isSent(last.draft) ? last.draft : undefined;
    const ownRev = last?.ownRev ?? 0;
    if ((draft && ownRev !== base) || (wished && isSent(wished)))
      return { ownRev, saved: false, ...(draft && { draft }) };
    const change = drafted(this.all.length + 1, chatId, wished);
    this.all.push(change);
    return { ownRev: change.ownRev, saved: true, ...(wished && { draft: wished }), change };
  }

  marksOf(chatId: string): ChatMarks {
    const own = this.all.filter((one) => one.kind === 'chat:marked' && one.chatId === chatId) as ChatMarked[];
    return own.reduce<ChatMarks>((all, { marks }) => ({ ...all, ...marks }), {});
  }

  /** What follows a place, without what was replaced. */
  page(after: number, most = Infinity): OwnPage {
    const last = Math.min(this.all.length, after + most);
    const newest = new Map(this.all.map((one) => [keyOf(one), one]));
    const changes = this.all.filter(
      (one) => one.ownRev > after && one.ownRev <= last && [...newest.values()].includes(one),
    );
    return { rev: last, changes, more: last < this.all.length };
  }
}

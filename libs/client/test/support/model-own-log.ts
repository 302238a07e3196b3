import type { ChatMarked, ChatMarks, OwnPage } from '@roost/contract';

export const marked = (ownRev: number, chatId: string, marks: ChatMarks): ChatMarked => ({
  ownRev,
  at: '2026-01-01T00:00:00.000Z',
  kind: 'chat:marked',
  chatId,
  marks,
});

/** A person's own log as the server has it: the newest of each mark counts. */
export class ModelOwnLog {
  private readonly all: ChatMarked[] = [];

  /** One mark of a chat. */
  mark(chatId: string, marks: ChatMarks): ChatMarked {
    const change = marked(this.all.length + 1, chatId, marks);
    this.all.push(change);
    return change;
  }

  marksOf(chatId: string): ChatMarks {
    const own = this.all.filter((one) => one.chatId === chatId);
    return own.reduce<ChatMarks>((all, { marks }) => ({ ...all, ...marks }), {});
  }

  /** What follows a place, without what was replaced. */
  page(after: number, most = Infinity): OwnPage {
    const last = Math.min(this.all.length, after + most);
    const newest = new Map(this.all.map((one) => [`${one.chatId} ${Object.keys(one.marks).join()}`, one]));
    const changes = this.all.filter(
      (one) => one.ownRev > after && one.ownRev <= last && [...newest.values()].includes(one),
    );
    return { rev: last, changes, more: last < this.all.length };
  }
}

import type { MessagePage, ReplyOf, RequestInput } from '@roost/contract';
import { shownSegment } from '../state/chat.js';
import type { Asked, HistoryPage, PageBound } from '../state/events.js';
import { chatState } from '../state/state.js';
import type { Range } from '../state/state.js';
import type { Store } from '../state/store.js';

export type AskHistory = (request: RequestInput<'message:list'>) => Promise<ReplyOf<'message:list'>>;

/** Messages in one page, at most. */
const pageMax = 50;

/** Reads pages of history into the state. Refusals are those of `message:list`. */
export class History {
  /** The epochs of chats that were filled. */
  private readonly filled = new Set<number>();

  constructor(
    private readonly store: Pick<Store, 'getSnapshot' | 'dispatch'>,
    private readonly ask: AskHistory,
  ) {}

  /** Reads the newest messages of a chat that is opened, once, where less than a page of them is here: some may have come by themselves. */
  async fill(chatId: string): Promise<void> {
    const chat = chatState(this.store.getSnapshot(), chatId);
    if (!chat || this.filled.has(chat.epoch)) return;
    const { from, messages } = shownSegment(chat);
    if (from > 1 && messages.length < pageMax) await this.read(chatId, { before: from }, pageMax);
    this.filled.add(chat.epoch);
  }

  /** Reads what is before the first message that is shown, at most `limit`; says whether there is more. */
  async loadOlder(chatId: string, limit = pageMax): Promise<boolean> {
    const shown = this.shown(chatId);
    if (!shown || shown.from <= 1) return false;
    // Where nothing was shown, this is the end of the chat, at which one goes on looking.
    const isEnd = shown.messages.length === 0;
    if (!isEnd) this.look(chatId, { from: shown.from, to: shown.from });
    const page = await this.read(chatId, { before: shown.from }, limit);
    if (!isEnd && page.items[0]) this.look(chatId, { from: page.items[0].seq, to: shown.from });
    return page.moreBefore;
  }

  /** Reads what is after the last message that is shown, at most `limit`; says whether there is more. At the end one looks at the end. */
  async loadNewer(chatId: string, limit = pageMax): Promise<boolean> {
    const shown = this.shown(chatId);
    const chat = chatState(this.store.getSnapshot(), chatId)?.chat;
    if (!shown || !chat) return false;
    if (shown.to >= chat.lastSeq) return false;
    this.look(chatId, { from: shown.to, to: shown.to });
    const page = await this.read(chatId, { after: shown.to }, limit);
    const last = page.items.at(-1);
    if (last) this.look(chatId, { from: shown.to, to: last.seq });
    return page.moreAfter;
  }

  /** Shows the part of a chat that has this place, with what is around it. */
  async loadAround(chatId: string, seq: number, limit = pageMax): Promise<void> {
    this.look(chatId, { from: seq, to: seq });
    const shown = this.shown(chatId);
    if (shown && shown.from <= seq && seq <= shown.to) return;
    await this.read(chatId, { around: seq }, limit);
  }

  /**
   * The place of the first message at or after a moment, past the last one where there is none. Numbers ascend with time, so it is found
   * by halving what is left.
   */
  async seqAt(chatId: string, at: Date): Promise<number> {
    let [from, past] = [1, (chatState(this.store.getSnapshot(), chatId)?.chat.lastSeq ?? 0) + 1];
    while (from < past) {
      const middle = Math.floor((from + past) / 2);
      const { items } = await this.ask({ chatId, after: middle - 1, limit: 1 });
      const [message] = items;
      if (message && message.seq < past && Date.parse(message.createdAt) < at.getTime()) from = message.seq + 1;
      else past = middle;
    }
    return from;
  }

  /** Says what somebody looks at: this is never let go. Nothing: the end of the chat. */
  look(chatId: string, at?: Range): void {
    this.store.dispatch({ type: 'looking', chatId, ...(at && { at }) });
  }

  private shown(chatId: string) {
    const chat = chatState(this.store.getSnapshot(), chatId);
    return chat && shownSegment(chat);
  }

  private async read(chatId: string, bound: PageBound, limit: number): Promise<HistoryPage> {
    const chat = chatState(this.store.getSnapshot(), chatId);
    const asked: Asked = { ...bound, lastSeq: chat?.chat.lastSeq ?? 0, epoch: chat?.epoch ?? 0 };
    let page: HistoryPage | undefined;
    this.store.dispatch({ type: 'reading', chatId });
    try {
      page = asPage(bound, limit, await this.ask({ chatId, ...bound, limit }));
    } finally {
      this.store.dispatch({ type: 'read', chatId, asked, ...(page && { page }) });
    }
    return page;
  }
}

/** A page of history of any server. One that does not say `more` ends the history with a page that is not full. */
type AnyPage = Pick<MessagePage, 'items'> & Partial<MessagePage>;

function asPage(bound: PageBound, limit: number, { items, ...said }: AnyPage): HistoryPage {
  const { more = items.length === limit, moreBefore = more, moreAfter = more } = said;
  if ('before' in bound) return { items, moreBefore, moreAfter: true };
  if ('after' in bound) return { items, moreBefore: true, moreAfter };
  return { items, moreBefore, moreAfter };
}

import { ChatError, limits } from '@roost/contract';
import type { ChatSync, Position, ReplyOf } from '@roost/contract';
import { Backoff } from '../backoff.js';
import { isRetryable, retryAfterOf } from '../failures.js';
import { pause } from '../time.js';
import { PageSize } from './page-size.js';
import type { Surroundings } from '../time.js';
import { positionsOf } from '../state/selectors.js';
import type { Store } from '../state/store.js';
import { chatState, chatIdsOf } from '../state/state.js';

/** Beyond the head of every chat. */
const beyondAll: Position = { seq: 2 ** 31, rev: 2 ** 31 };

export type AskSync = (
  chats: Readonly<Record<string, Position>>,
  wish: {
    readonly includeNew: boolean;
    readonly newAfter?: string;
    readonly maxBytes: number;
    /** With what follows this place of one's own log, where the server keeps one. */
    readonly me?: { readonly rev: number };
  },
) => Promise<ReplyOf<'sync'>>;

/** A page of the list of all chats: where it goes on, and whether any of it was not known here. */
interface ListPage {
  readonly next: string | undefined;
  readonly hasNew: boolean;
}

/**
 * While degraded: what is said on other replicas comes with the next of these. Spread, for all clients of a replica begin at
 * once. Where the server tells heads, what moved is asked for by those, and this is for what heads do not tell.
 */
const pollMs = 2_000;
const pollWithHeadsMs = 30_000;

/** Asks for what is missing: everything after connecting, and while degraded again and again; single chats that have a gap. */
export class Syncer {
  private readonly pages: PageSize;
  /** Where `loadMore` goes on in the list of all chats, once there are too many to name. */
  private leftAt: string | undefined;
  /** One request at a time: the next one asks for what is still missing then. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: Pick<Store, 'getSnapshot' | 'dispatch'>,
    private readonly ask: AskSync,
    private readonly surroundings: Surroundings,
  ) {
    this.pages = new PageSize(surroundings.clock);
  }

  /** Resolves when nothing is missing. Tries again for as long as that may help and `signal` is not aborted. */
  async catchUp(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.surroundings;
    const backoff = new Backoff({ baseMs: 500, maxMs: 5_000 }, random);
    for (;;) {
      try {
        await this.inTurn(() => this.everything(signal));
        return;
      } catch (error) {
        if (signal.aborted || !mayHelp(error)) throw error;
        await pause(clock, backoff.next(retryAfterOf(error)), signal);
        if (signal.aborted) throw error;
      }
    }
  }

  /** Asks once for chats that have a gap, or that nothing is known of. */
  repair(chatIds: readonly string[]): Promise<void> {
    return this.inTurn(async () => {
      for (let start = 0; start < chatIds.length; start += limits.syncChats)
        await this.rounds(chatIds.slice(start, start + limits.syncChats));
    });
  }

  /** Asks once for what is missing of one's own log. */
  repairOwn(): Promise<unknown> {
    return this.inTurn(() => this.rounds([], { withOwn: true }));
  }

  /**
   * Asks for everything until `signal` aborts: soon, and then every few seconds, or seldom where the server `tellsHeads`. What
   * fails is asked for the next time.
   */
  async poll(signal: AbortSignal, tellsHeads: () => boolean): Promise<void> {
    const { clock, random } = this.surroundings;
    for (let everyMs = pollMs; ; everyMs = tellsHeads() ? pollWithHeadsMs : pollMs) {
      await pause(clock, everyMs + random() * everyMs, signal);
      if (signal.aborted) return;
      // Where heads are told, so is that of one's own log.
      await Promise.allSettled([this.inTurn(() => this.everything(signal, !tellsHeads()))]);
    }
  }

  /** Asks for chats that are not known here, about 100 at a time; says whether there may be still more. */
  async loadMore(): Promise<boolean> {
    return this.inTurn(async () => {
      if (this.countKnown() <= limits.syncChats) await this.everything();
      else this.listed(await this.goOn());
      return this.store.getSnapshot().hasMoreChats;
    });
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async everything(signal?: AbortSignal, withOwn = true): Promise<void> {
    const chatIds = chatIdsOf(this.store.getSnapshot());
    // Chats are new where the request does not name them: it has to name all that are known, or to go through the list.
    const namesAll = chatIds.length <= limits.syncChats;
    const first = { includeNew: namesAll, withOwn };
    const isMore = await this.rounds(chatIds.slice(0, limits.syncChats), first, signal);
    for (let start = limits.syncChats; start < chatIds.length; start += limits.syncChats) {
      await this.rounds(chatIds.slice(start, start + limits.syncChats), {}, signal);
    }
    const hasMore = namesAll ? isMore : await this.beginning(signal);
    if (!signal?.aborted) this.listed(hasMore);
  }

  private listed(hasMore: boolean): void {
    this.store.dispatch({ type: 'listed', hasMore });
  }

  /** Chats that are new are at the beginning of the list of all: reads it until a page has none. Whether there is more. */
  private async beginning(signal: AbortSignal | undefined): Promise<boolean> {
    let page: ListPage = { next: undefined, hasNew: true };
    do {
      if (signal?.aborted) return true;
      page = await this.listPage(page.next);
    } while (page.hasNew && page.next !== undefined);
    return page.next !== undefined;
  }

  /** Goes on where the list was left, to a page that has something new. Whether there is more. */
  private async goOn(): Promise<boolean> {
    let page: ListPage = { next: this.leftAt, hasNew: false };
    do {
      page = await this.listPage(page.next);
    } while (!page.hasNew && page.next !== undefined);
    this.leftAt = page.next;
    return page.next !== undefined;
  }

  private async listPage(newAfter: string | undefined): Promise<ListPage> {
    const known = this.countKnown();
    const wish = { includeNew: true, ...(newAfter !== undefined && { newAfter }) };
    const { chats, next } = await this.pages.measure((maxBytes) => this.ask({}, { ...wish, maxBytes }));
    for (const [chatId, answer] of Object.entries(chats)) this.apply(chatId, answer, undefined);
    return { next, hasNew: this.countKnown() > known };
  }

  private countKnown(): number {
    return this.store.getSnapshot().list.length;
  }

  /** Asks on for what has more. New chats that found no room in an answer are asked for as well, up to a hundred. */
  private async rounds(
    chatIds: readonly string[],
    { includeNew = false, withOwn = false }: { readonly includeNew?: boolean; readonly withOwn?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<boolean> {
    let behind = chatIds;
    let wanted: number = includeNew ? limits.syncNewChats : 0;
    let asksOwn = withOwn;
    let isMore = false;
    while (wanted > 0 || behind.length > 0 || asksOwn) {
      if (signal?.aborted) return isMore;
      const positions = this.positionsToAsk(behind, wanted > 0);
      const own = asksOwn && { me: { rev: this.store.getSnapshot().own.rev } };
      const {
        chats,
        more = false,
        me,
      } = await this.pages.measure((maxBytes) => this.ask(positions, { includeNew: wanted > 0, maxBytes, ...own }));
      const answers = Object.entries(chats);
      const unfinished = answers.filter(([chatId, answer]) => this.apply(chatId, answer, positions[chatId]));
      if (me) this.store.dispatch({ type: 'own', page: me });
      asksOwn = me?.more ?? false;
      const told = answers.filter(([chatId]) => !Object.hasOwn(positions, chatId)).length;
      if (told === 0 && unfinished.length > 0 && answers.every((answer) => saysNothing(answer, positions)))
        throw new ChatError('server/internal', {}, { cause: answers });
      behind = unfinished.map(([chatId]) => chatId);
      if (wanted > 0) isMore = more;
      const canNameAll = this.countKnown() <= limits.syncChats;
      wanted = more && canNameAll && (told > 0 || behind.length > 0) ? wanted - told : 0;
    }
    return isMore;
  }

  /** A chat that is not known is asked for at a place that no chat has reached: its whole state is the answer. */
  private positionsToAsk(behind: readonly string[], all: boolean): Record<string, Position> {
    const state = this.store.getSnapshot();
    const unknown = behind.filter((chatId) => !chatState(state, chatId));
    const asked = unknown.map((chatId) => [chatId, beyondAll] as const);
    return { ...positionsOf(state, all ? undefined : behind), ...Object.fromEntries(asked) };
  }

  /** Says whether there is more to ask of this chat. */
  private apply(chatId: string, answer: ChatSync, since: Position | undefined): boolean {
    this.store.dispatch({ type: 'synced', chatId, answer, ...(since && { since }) });
    return 'more' in answer && answer.more && chatState(this.store.getSnapshot(), chatId) !== undefined;
  }
}

/** A chat that ends while the others are read may make the whole a refusal: it is gone the next time. */
const mayHelp = (error: unknown): boolean =>
  isRetryable(error) || (error instanceof ChatError && error.code === 'chat/access_denied');

/** Nothing of what is missing is here: where all answers are so and there is more, asking again at once would go on for ever. */
const saysNothing = (
  [chatId, answer]: readonly [string, ChatSync],
  asked: Readonly<Record<string, Position>>,
): boolean => 'more' in answer && answer.seq === asked[chatId]?.seq && answer.rev === asked[chatId].rev;

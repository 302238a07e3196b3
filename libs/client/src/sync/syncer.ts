import { ChatError, limits } from '@roost/contract';
import type { ChatSync, Position, ReplyOf } from '@roost/contract';
import { Backoff } from '../backoff.js';
import { isRetryable, retryAfterOf } from '../failures.js';
import { pause } from '../time.js';
import { PageSize } from './page-size.js';
import type { Surroundings } from '../time.js';
import { positionsOf } from '../state/selectors.js';
import type { Store } from '../state/store.js';

/** Beyond the head of every chat. */
const beyondAll: Position = { seq: 2 ** 31, rev: 2 ** 31 };

export type AskSync = (
  chats: Readonly<Record<string, Position>>,
  includeNew: boolean,
  maxBytes: number,
) => Promise<ReplyOf<'sync'>>;

/**
 * While degraded: what is said on other replicas comes with the next of these. Spread, for all clients of a replica begin at
 * once. Where the server tells heads, what moved is asked for by those, and this is for what heads do not tell.
 */
const pollMs = 2_000;
const pollWithHeadsMs = 30_000;

/** Asks for what is missing: everything after connecting, and while degraded again and again; single chats that have a gap. */
export class Syncer {
  private readonly pages: PageSize;
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
        await this.rounds(chatIds.slice(start, start + limits.syncChats), false);
    });
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
      await Promise.allSettled([this.inTurn(() => this.everything(signal))]);
    }
  }

  /** Asks for chats that are not known here; says whether there may be still more. */
  async loadMore(): Promise<boolean> {
    const countKnown = () => this.store.getSnapshot().order.length;
    const before = countKnown();
    const isMore = await this.inTurn(() => this.everything());
    return isMore || countKnown() - before >= limits.syncNewChats;
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Whether there are chats that are not known here, as far as the server says. */
  private async everything(signal?: AbortSignal): Promise<boolean> {
    const chatIds = this.store.getSnapshot().order;
    // Chats are new where the request does not name them: it has to name all that are known.
    const namesAll = chatIds.length <= limits.syncChats;
    const isMore = await this.rounds(chatIds.slice(0, limits.syncChats), namesAll, signal);
    for (let start = limits.syncChats; start < chatIds.length; start += limits.syncChats) {
      await this.rounds(chatIds.slice(start, start + limits.syncChats), false, signal);
    }
    return isMore;
  }

  /** Asks on for what has more. New chats that found no room in an answer are asked for as well, up to a hundred. */
  private async rounds(chatIds: readonly string[], includeNew: boolean, signal?: AbortSignal): Promise<boolean> {
    let behind = chatIds;
    let wanted: number = includeNew ? limits.syncNewChats : 0;
    let isMore = false;
    while (wanted > 0 || behind.length > 0) {
      if (signal?.aborted) return isMore;
      const positions = this.positionsToAsk(behind, wanted > 0);
      const { chats, more = false } = await this.pages.measure((maxBytes) => this.ask(positions, wanted > 0, maxBytes));
      const answers = Object.entries(chats);
      const unfinished = answers.filter(([chatId, answer]) => this.apply(chatId, answer, positions[chatId]));
      const told = answers.filter(([chatId]) => !Object.hasOwn(positions, chatId)).length;
      if (told === 0 && unfinished.length > 0 && answers.every((answer) => saysNothing(answer, positions)))
        throw new ChatError('server/internal', {}, { cause: answers });
      behind = unfinished.map(([chatId]) => chatId);
      if (wanted > 0) isMore = more;
      const canNameAll = this.store.getSnapshot().order.length <= limits.syncChats;
      wanted = more && canNameAll && (told > 0 || behind.length > 0) ? wanted - told : 0;
    }
    return isMore;
  }

  /** A chat that is not known is asked for at a place that no chat has reached: its whole state is the answer. */
  private positionsToAsk(behind: readonly string[], all: boolean): Record<string, Position> {
    const state = this.store.getSnapshot();
    const unknown = behind.filter((chatId) => !Object.hasOwn(state.chats, chatId));
    const asked = unknown.map((chatId) => [chatId, beyondAll] as const);
    return { ...positionsOf(state, all ? undefined : behind), ...Object.fromEntries(asked) };
  }

  /** Says whether there is more to ask of this chat. */
  private apply(chatId: string, answer: ChatSync, since: Position | undefined): boolean {
    this.store.dispatch({ type: 'synced', chatId, answer, ...(since && { since }) });
    return 'more' in answer && answer.more && Object.hasOwn(this.store.getSnapshot().chats, chatId);
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

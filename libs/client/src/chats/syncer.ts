import { ChatError, limits } from '@roost/contract';
import type { ChatSync, Position, ReplyOf } from '@roost/contract';
import { Backoff } from '../backoff.js';
import { isRetryable, retryAfterOf } from '../failures.js';
import { pause } from '../time.js';
import type { Surroundings } from '../time.js';
import type { ChatStore } from './chat-store.js';

export type AskSync = (
  chats: Readonly<Record<string, Position>>,
  includeNew: boolean,
) => Promise<ReplyOf<'sync'>['chats']>;

/** While degraded: what is said on other replicas comes with the next of these. Spread, for all clients of a replica begin at once. */
const pollMs = 2_000;
const pollSpreadMs = 2_000;

/** Asks for what is missing: everything after connecting, and while degraded again and again; single chats that have a gap. */
export class Syncer {
  /** One request at a time: the next one asks for what is still missing then. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly chats: Pick<ChatStore, 'positions' | 'unknown' | 'synced'>,
    private readonly ask: AskSync,
    private readonly surroundings: Surroundings,
  ) {}

  /** Resolves when nothing is missing. Tries again for as long as that may help and `signal` is not aborted. */
  async catchUp(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.surroundings;
    const backoff = new Backoff({ baseMs: 500, maxMs: 5_000 }, random);
    for (;;) {
      try {
        return await this.inTurn(() => this.everything(signal));
      } catch (error) {
        if (signal.aborted || !mayHelp(error)) throw error;
        await pause(clock, backoff.next(retryAfterOf(error)), signal);
        if (signal.aborted) throw error;
      }
    }
  }

  /** Asks once for chats that have a gap, or that nothing is known of. */
  repair(chatIds: readonly string[]): Promise<void> {
    const isNew = this.chats.unknown(chatIds).length > 0;
    return this.inTurn(() => (isNew ? this.everything() : this.rounds(chatIds, false)));
  }

  /** Asks for everything every few seconds until `signal` aborts. What fails is asked for the next time. */
  async poll(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.surroundings;
    for (;;) {
      await pause(clock, pollMs + random() * pollSpreadMs, signal);
      if (signal.aborted) return;
      await Promise.allSettled([this.inTurn(() => this.everything(signal))]);
    }
  }

  /** Asks for chats that are not known here; says whether there may be still more. */
  async loadMore(): Promise<boolean> {
    const countKnown = () => Object.keys(this.chats.positions()).length;
    const before = countKnown();
    await this.inTurn(() => this.everything());
    return countKnown() - before >= limits.syncNewChats;
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async everything(signal?: AbortSignal): Promise<void> {
    const chatIds = Object.keys(this.chats.positions());
    // Chats are new where the request does not name them: it has to name all that are known.
    const namesAll = chatIds.length <= limits.syncChats;
    await this.rounds(chatIds.slice(0, limits.syncChats), namesAll, signal);
    for (let start = limits.syncChats; start < chatIds.length; start += limits.syncChats) {
      await this.rounds(chatIds.slice(start, start + limits.syncChats), false, signal);
    }
  }

  private async rounds(chatIds: readonly string[], includeNew: boolean, signal?: AbortSignal): Promise<void> {
    let positions = this.chats.positions(chatIds);
    let wantsNew = includeNew;
    while (wantsNew || Object.keys(positions).length > 0) {
      if (signal?.aborted) return;
      const answers = Object.entries(await this.ask(positions, wantsNew));
      const unfinished = answers.filter(([chatId, answer]) => this.chats.synced(chatId, answer, positions[chatId]));
      if (unfinished.length > 0 && answers.every((answer) => saysNothing(answer, positions)))
        throw new ChatError('server/internal', {}, { cause: answers });
      positions = this.chats.positions(unfinished.map(([chatId]) => chatId));
      wantsNew = false;
    }
  }
}

/** A chat that ends while the others are read may make the whole a refusal: it is gone the next time. */
const mayHelp = (error: unknown): boolean =>
  isRetryable(error) || (error instanceof ChatError && error.code === 'chat/access_denied');

/** There is more, but nothing of it is here: where all answers are so, asking again at once would go on for ever. */
const saysNothing = (
  [chatId, answer]: readonly [string, ChatSync],
  asked: Readonly<Record<string, Position>>,
): boolean => 'more' in answer && answer.more && answer.seq === asked[chatId]?.seq && answer.rev === asked[chatId].rev;

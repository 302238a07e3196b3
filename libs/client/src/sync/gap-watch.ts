import type { Clock } from '../time.js';

/** Between replicas a later fact may come first; what has not come after this time was lost (rule M3). */
export const gapMaxMs = 2_000;

/** Watches for chats that stay behind, and names them when they have been for too long. */
export class GapWatch {
  private readonly since = new Map<string, number>();
  private cancelTimer: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly overdue: (chatIds: readonly string[]) => void,
  ) {}

  /** These are behind, and no others. */
  watch(behind: Readonly<Record<string, unknown>>): void {
    for (const chatId of this.since.keys()) if (!Object.hasOwn(behind, chatId)) this.note(chatId, false);
    for (const chatId of Object.keys(behind)) this.note(chatId, true);
  }

  note(chatId: string, isBehind: boolean): void {
    if (!isBehind) this.since.delete(chatId);
    else if (!this.since.has(chatId)) this.since.set(chatId, this.clock.now());
    if (this.since.size > 0) this.cancelTimer ??= this.clock.after(gapMaxMs, () => this.look());
  }

  /** There is no connection: whatever is missing is asked for when there is one again. */
  stop(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.since.clear();
  }

  private look(): void {
    this.cancelTimer = undefined;
    const now = this.clock.now();
    const due = [...this.since].filter(([, since]) => now - since >= gapMaxMs).map(([chatId]) => chatId);
    for (const chatId of due) this.since.delete(chatId);
    const [next] = this.since.values();
    if (next !== undefined) this.cancelTimer = this.clock.after(next + gapMaxMs - now, () => this.look());
    if (due.length > 0) this.overdue(due);
  }
}

import type { Clock } from '../time.js';

/** Watches for chats of which something is not known, and names them when that has been so for too long. */
export class ChatWatch {
  private readonly since = new Map<string, number>();
  private cancelTimer: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly afterMs: number,
    private readonly overdue: (chatIds: readonly string[]) => void,
  ) {}

  /** It is so of these, and of no others. */
  watch(chats: Readonly<Record<string, unknown>>): void {
    for (const chatId of this.since.keys()) if (!Object.hasOwn(chats, chatId)) this.note(chatId, false);
    for (const chatId of Object.keys(chats)) this.note(chatId, true);
  }

  note(chatId: string, isSo: boolean): void {
    if (!isSo) this.since.delete(chatId);
    else if (!this.since.has(chatId)) this.since.set(chatId, this.clock.now());
    if (this.since.size > 0) this.cancelTimer ??= this.clock.after(this.afterMs, () => this.look());
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
    const due = [...this.since].filter(([, since]) => now - since >= this.afterMs).map(([chatId]) => chatId);
    for (const chatId of due) this.since.delete(chatId);
    const [next] = this.since.values();
    if (next !== undefined) this.cancelTimer = this.clock.after(next + this.afterMs - now, () => this.look());
    if (due.length > 0) this.overdue(due);
  }
}

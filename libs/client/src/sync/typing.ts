import { limits } from '@roost/contract';
import type { FactOf, HintName } from '@roost/contract';
import type { Clock } from '../time.js';

/** While somebody goes on writing it is said again after this time: before others take it for over. */
const sayAgainMs = limits.typingMs / 2;
/** Who begins anew is told of a second after the last time: the server tells no more often. */
const sayAnewMs = 1_000;

export interface TypingPorts {
  /** Says it, if there is a connection; it may be lost. */
  readonly say: (hint: HintName, chatId: string) => void;
  /** Nobody has heard of this person's writing for too long. */
  readonly lapsed: (chatId: string, userId: string) => void;
}

/** Says in which chats one is writing, and knows when others have stopped without saying so. */
export class Typing {
  /** When it was said last, by chat. */
  private readonly said = new Map<string, { readonly atMs: number; readonly isOver: boolean }>();
  /** What ends the waiting for others to go on, by chat and person. */
  private readonly waiting = new Map<string, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly ports: TypingPorts,
  ) {}

  /** One is writing: to be called as often as something is typed. */
  goesOn(chatId: string): void {
    const now = this.clock.now();
    const last = this.said.get(chatId);
    if (last && now - last.atMs < (last.isOver ? sayAnewMs : sayAgainMs)) return;
    this.said.set(chatId, { atMs: now, isOver: false });
    this.ports.say('typing:start', chatId);
  }

  /** One has stopped. Of a message that was sent everybody hears anyway. */
  ends(chatId: string, isSent: boolean): void {
    const last = this.said.get(chatId);
    if (!last || last.isOver) return;
    this.said.set(chatId, { ...last, isOver: true });
    if (!isSent && this.clock.now() - last.atMs < limits.typingMs) this.ports.say('typing:stop', chatId);
  }

  heard({ chatId, userId, typing }: FactOf<'typing:changed'>): void {
    const key = `${chatId}:${userId}`;
    this.waiting.get(key)?.();
    this.waiting.delete(key);
    if (!typing) return;
    const lapse = () => {
      this.waiting.delete(key);
      this.ports.lapsed(chatId, userId);
    };
    this.waiting.set(key, this.clock.after(limits.typingMs, lapse));
  }

  /** There is no connection. */
  stop(): void {
    for (const cancel of this.waiting.values()) cancel();
    this.waiting.clear();
    this.said.clear();
  }
}

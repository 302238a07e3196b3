import { ChatError } from '@roost/contract';
import type { CommandName, SocketLimits } from '@roost/contract';
import { NoAnswer, retryAfterOf } from '../failures.js';
import type { Clock } from '../time.js';
import { RefusalRoom } from './refusal-room.js';

/** What is not used of a rate, and of a burst: other devices and REST calls of this person count as well. */
const restraint = 0.8;

interface Waiting {
  readonly weight: number;
  readonly pass: () => void;
}

/** A token bucket that lets in whoever waits, in order. Without a rate everybody passes at once. */
class Bucket {
  private rate: number | undefined;
  private burst = 0;
  private level = 0;
  private filledAt = 0;
  private notBefore = 0;
  private readonly waiting: Waiting[] = [];
  private cancel: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  /** @param perS left out: there is no limit */
  limit(perS: number | undefined, burst = 1): void {
    const isFirst = this.rate === undefined;
    this.fill();
    this.rate = perS === undefined ? undefined : perS * restraint;
    this.burst = Math.max(1, burst * restraint);
    // What another connection has used is used, whatever replica it was to.
    this.level = isFirst ? this.burst : Math.min(this.level, this.burst);
    this.pump();
  }

  /** The server says when it takes more. */
  refused(retryAfterMs: number): void {
    this.fill();
    this.level = Math.min(this.level, 1);
    this.notBefore = Math.max(this.notBefore, this.clock.now() + retryAfterMs);
  }

  /** Resolves when it is this one's turn, unless `signal` aborts before. */
  turn(weight: number, isUrgent: boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = { weight, pass: resolve };
      if (isUrgent) this.waiting.unshift(entry);
      else this.waiting.push(entry);
      signal.addEventListener('abort', () => {
        const index = this.waiting.indexOf(entry);
        if (index < 0) return;
        this.waiting.splice(index, 1);
        reject(signal.reason as Error);
      });
      this.pump();
    });
  }

  private pump(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.fill();
    for (let [next] = this.waiting; next; [next] = this.waiting) {
      const waitMs = this.waitMs(next.weight);
      if (waitMs > 0) {
        this.cancel = this.clock.after(waitMs, () => this.pump());
        return;
      }
      this.level -= next.weight;
      this.waiting.shift();
      next.pass();
    }
  }

  /** What weighs more than a burst passes with a full bucket, as at the server. */
  private waitMs(weight: number): number {
    const missing = this.rate === undefined ? 0 : Math.min(weight, this.burst) - this.level;
    const fillMs = missing > 0 ? Math.ceil((missing * 1000) / (this.rate ?? 1)) : 0;
    return Math.max(fillMs, this.notBefore - this.clock.now());
  }

  private fill(): void {
    const now = this.clock.now();
    if (this.rate !== undefined)
      this.level = Math.min(this.burst, this.level + ((now - this.filledAt) * this.rate) / 1000);
    this.filledAt = now;
  }
}

/** Rounds of many chats weigh more (rule A5). */
const chatsForOne = 50;

/**
 * Keeps a client below the limits of its server, which `session:ready` tells: whoever asks for much at once waits for a turn
 * instead of being refused, and is never closed for flooding. Older servers tell no limits; there, nobody waits.
 */
export class Pacer {
  private readonly sends: Bucket;
  private readonly others: Bucket;
  private readonly room: RefusalRoom;

  constructor(private readonly clock: Clock) {
    this.room = new RefusalRoom(clock);
    this.sends = new Bucket(clock);
    this.others = new Bucket(clock);
  }

  limits(limits: SocketLimits | undefined): void {
    this.sends.limit(limits?.sendsPerS, limits?.sendsBurst);
    this.others.limit(limits?.commandsPerS, limits?.commandsBurst);
    this.room.limit((limits?.refusalsPer10S ?? Infinity) * restraint);
  }

  /** Rejects with `NoAnswer` where that takes longer than `timeoutMs`; gives what is left of that. */
  turn(name: CommandName, request: unknown, timeoutMs: number): Promise<number> {
    // What catches up is what everything else waits for.
    return this.within(name, timeoutMs, (late) => this.bucket(name).turn(weightOf(request), name === 'sync', late));
  }

  private async within(
    name: CommandName,
    timeoutMs: number,
    wait: (late: AbortSignal) => Promise<void>,
  ): Promise<number> {
    const begun = this.clock.now();
    const late = new AbortController();
    const cancel = this.clock.after(timeoutMs, () => late.abort(new NoAnswer(name, 'timeout')));
    try {
      await wait(late.signal);
    } finally {
      cancel();
    }
    return Math.max(1, timeoutMs - (this.clock.now() - begun));
  }

  /**
   * Asks when it is this one's turn, and again where the server wants to be asked later, which has done nothing then: other devices may
   * have used the rate. A message that is refused so is the outbox's to send again.
   */
  async inTurn<Reply>(
    name: CommandName,
    request: unknown,
    timeoutMs: number,
    ask: (leftMs: number) => Promise<Reply>,
  ): Promise<Reply> {
    const turnedMs = await this.turn(name, request, timeoutMs);
    const room = name === 'sync' ? undefined : this.room;
    const leftMs = room ? await this.within(name, turnedMs, (late) => room.enter(late)) : turnedMs;
    const endMs = this.clock.now() + leftMs;
    try {
      const reply = await ask(leftMs);
      room?.leave();
      return reply;
    } catch (error) {
      room?.leave(error);
      if (!(error instanceof ChatError) || error.code !== 'rate/limited') throw error;
      const waitMs = retryAfterOf(error) ?? 0;
      this.bucket(name).refused(waitMs);
      const restMs = endMs - this.clock.now();
      if (name === 'message:send' || restMs <= waitMs) throw error;
      return this.inTurn(name, request, restMs, ask);
    }
  }

  private bucket(name: CommandName): Bucket {
    return name === 'message:send' ? this.sends : this.others;
  }
}

function weightOf(request: unknown): number {
  const { chats = {} } = request as { readonly chats?: object };
  return 1 + Math.floor(Object.keys(chats).length / chatsForOne);
}

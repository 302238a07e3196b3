import { latency } from '../scheduler.js';
import type { ReplicaInRun, World } from '../world.js';

/** How a call to a replica ended, as the client sees it. */
export type Answer<Result> =
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'connection lost' };

/** A call that a replica which runs has not answered after this long is one it forgot. */
const answerMaxMs = 15_000;

const never = { sentMs: -1, arrivesMs: 0 };

/** Of a client to one replica: frames keep their order in both directions, and may all be lost from some moment on. */
export class Connection {
  private isOpen = true;
  private readonly waiting = new Set<() => void>();
  private readonly last = { there: never, back: never };

  constructor(
    readonly replica: ReplicaInRun,
    private readonly world: World,
  ) {}

  /** Answers once, whatever happens, but not before the connection is closed where the replica says nothing. */
  call<Result>(work: () => Promise<Result>, answered: (answer: Answer<Result>) => void): void {
    const lost = () => answered({ kind: 'connection lost' });
    const once = (answer: Answer<Result>) => {
      if (this.waiting.delete(lost)) answered(answer);
    };
    this.waiting.add(lost);
    this.travel('there', () =>
      this.replica.life.act('frame', async () => {
        const answer = await this.carryOut(work);
        this.travel('back', () => {
          if (this.isOpen) once(answer);
        });
      }),
    );
  }

  /** Those who wait are told; what they asked for may have been done. */
  close(): void {
    this.isOpen = false;
    for (const lost of this.waiting) lost();
    this.waiting.clear();
  }

  private async carryOut<Result>(work: () => Promise<Result>): Promise<Answer<Result>> {
    const { ledger, scheduler } = this.world;
    const sinceMs = scheduler.nowMs;
    const isOverdue = () => this.replica.life.isRunning && scheduler.nowMs - sinceMs > answerMaxMs;
    const settled = ledger.call(() => (isOverdue() ? `${this.replica.name} never answered` : undefined));
    try {
      return { kind: 'result', result: await work() };
    } catch (error) {
      return { kind: 'refused', error };
    } finally {
      settled();
    }
  }

  /** What is sent at the same moment arrives together. */
  private travel(way: 'there' | 'back', arrive: () => void): void {
    const { scheduler, random } = this.world;
    const { sentMs, arrivesMs } = this.last[way];
    const { nowMs } = scheduler;
    const atMs = sentMs === nowMs ? arrivesMs : Math.max(arrivesMs, nowMs + latency(random, 1));
    this.last[way] = { sentMs: nowMs, arrivesMs: atMs };
    scheduler.after(atMs - nowMs, arrive);
  }
}

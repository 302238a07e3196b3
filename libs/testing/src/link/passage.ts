import type { Socket } from 'node:net';

/** What is on its way: bytes, or the end of them. */
interface Waiting {
  readonly bytes: Buffer | undefined;
  readonly dueAtMs: number;
}

/** The troubles of a link at the moment. */
interface LinkTrouble {
  readonly delayMs: number;
  /** To whoever connected. */
  readonly answerDelayMs: number;
  readonly bytesPerS: number;
}

/** Those of one way of one connection. */
interface Trouble {
  readonly delayMs: number;
  readonly bytesPerS: number;
  readonly isHalfOpen: boolean;
}

/** Bytes that leave at once where there is a rate, and those that wait before the sender has to: as in a router. */
const pieceBytes = 1_400;
const bufferBytes = 32_768;

/** One way of a connection: passes on what one end sends to the other, in order, at once or later. */
class Way {
  private readonly waiting: Waiting[] = [];
  /** When the last of what was taken is due. */
  private lastDueAtMs = 0;
  private waitingBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly trouble: Trouble,
    private readonly passed: (bytes: number) => void = () => {},
  ) {
    from.on('data', (bytes) => this.take(bytes));
    from.on('end', () => this.take(undefined));
    to.on('drain', () => from.resume());
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting.length = 0;
  }

  private take(bytes: Buffer | undefined): void {
    if (this.trouble.isHalfOpen) return;
    const { delayMs, bytesPerS } = this.trouble;
    const size = bytesPerS > 0 ? pieceBytes : Infinity;
    for (let start = 0; start === 0 || start < (bytes?.length ?? 0); start += size) {
      const piece = bytes?.subarray(start, start + size);
      const takesMs = bytesPerS > 0 ? ((piece?.length ?? 0) * 1000) / bytesPerS : 0;
      this.lastDueAtMs = Math.max(this.lastDueAtMs, performance.now() + delayMs) + takesMs;
      this.waiting.push({ bytes: piece, dueAtMs: this.lastDueAtMs });
      this.waitingBytes += piece?.length ?? 0;
    }
    if (bytesPerS > 0 && this.waitingBytes > bufferBytes) this.from.pause();
    this.timer ??= this.wait();
  }

  private wait(): NodeJS.Timeout | undefined {
    const [next] = this.waiting;
    if (!next) return undefined;
    const delayMs = next.dueAtMs - performance.now();
    if (delayMs > 0) return setTimeout(() => (this.timer = this.wait()), delayMs);
    this.waiting.shift();
    this.waitingBytes -= next.bytes?.length ?? 0;
    if (this.waitingBytes <= bufferBytes && this.from.isPaused() && !this.to.writableNeedDrain) this.from.resume();
    this.pass(next.bytes);
    return this.wait();
  }

  private pass(bytes: Buffer | undefined): void {
    // What was under way when the connection became half-open is lost as well.
    if (this.trouble.isHalfOpen || !this.to.writable) return;
    if (bytes === undefined) {
      this.to.end();
      return;
    }
    this.passed(bytes.length);
    if (!this.to.write(bytes)) this.from.pause();
  }
}

/** One connection through a link. */
export class Passage {
  /** Nothing passes any more, and neither end is told. */
  isHalfOpen = false;
  private readonly ways: readonly Way[];

  /** @param link says how much later everything arrives */
  constructor(
    private readonly ends: readonly [Socket, Socket],
    link: LinkTrouble & { carriedBytes: number },
    closed: (passage: Passage) => void,
  ) {
    const [one, other] = ends;
    this.ways = [
      new Way(
        one,
        other,
        this.troubleOf(link, () => link.delayMs),
      ),
      new Way(
        other,
        one,
        this.troubleOf(link, () => link.answerDelayMs),
        (bytes) => (link.carriedBytes += bytes),
      ),
    ];
    for (const end of ends) {
      end.on('error', () => this.reset()); // either end may go at any time: that is what this is for
      end.on('close', () => {
        if (!end.readableEnded) this.reset();
        if (ends.every((socket) => socket.destroyed)) closed(this);
      });
    }
  }

  private troubleOf(link: LinkTrouble, delayMs: () => number): Trouble {
    const isHalfOpen = () => this.isHalfOpen;
    return {
      get delayMs() {
        return delayMs();
      },
      get bytesPerS() {
        return link.bytesPerS;
      },
      get isHalfOpen() {
        return isHalfOpen();
      },
    };
  }

  /** Both ends are told at once that the connection broke, but for those of a half-open one. */
  reset({ evenHalfOpen = false } = {}): void {
    if (this.isHalfOpen && !evenHalfOpen) return;
    for (const way of this.ways) way.stop();
    for (const end of this.ends) end.resetAndDestroy();
  }
}

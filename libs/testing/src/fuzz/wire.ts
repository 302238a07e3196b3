import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long an answer is waited for; not every attack gets one. */
const answerMs = 250;

/** A TCP connection that writes whatever it is given. */
export class Wire {
  private received = '';
  private wake = () => {};

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (part: string) => {
      this.received += part;
      this.wake();
    });
    socket.on('close', () => this.wake());
    // Being cut off is what happens to an attacker.
    socket.on('error', () => undefined);
  }

  static async open(url: string): Promise<Wire> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Wire(socket.setNoDelay());
  }

  /** Each piece in a turn of its own. */
  async write(...pieces: readonly (string | Buffer)[]): Promise<void> {
    for (const piece of pieces) {
      if (this.socket.writable) this.socket.write(piece);
      await nextTurn();
    }
  }

  /** What has come once it is enough, and none of it again; undefined where that does not come in time. */
  async until(isEnough: (received: string) => boolean): Promise<string | undefined> {
    const endAtMs = performance.now() + answerMs;
    while (!isEnough(this.received)) {
      const leftMs = endAtMs - performance.now();
      if (this.socket.closed || leftMs <= 0) return undefined;
      await this.news(leftMs);
    }
    const text = this.received;
    this.received = '';
    return text;
  }

  /** One answer over HTTP, its body included. */
  answer(): Promise<string | undefined> {
    return this.until(isWholeAnswer);
  }

  /** Resolves when something comes, the connection closes, or the time is over. */
  private news(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Says that nothing more comes, and waits a moment for the other side to do the same. */
  async end(): Promise<void> {
    this.socket.end();
    await this.until(() => false);
    this.destroy();
  }

  /** As a machine does that has forgotten the connection. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Without a word, in the middle of whatever it was. */
  destroy(): void {
    this.socket.destroy();
  }
}

function isWholeAnswer(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /^content-length: (\d+)\r$/im.exec(received.slice(0, headEnd + 1))?.[1] ?? 0;
  return received.length >= headEnd + 4 + Number(length);
}

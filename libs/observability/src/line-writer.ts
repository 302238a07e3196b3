import { writeSync } from 'node:fs';

/** What is kept for a reader that does not take it now: some thousand lines. */
const waitingBytesMax = 1024 * 1024;
const tryAgainMs = 100;
const lineEnd = '\n'.charCodeAt(0);

export interface LineWriterOptions {
  /** Told how many lines were given up. */
  readonly onDropped: (lines: number) => void;
  /** Gives how many bytes of the text the system took. */
  readonly write?: (text: Buffer) => number;
}

/**
 * Writes lines to a file descriptor, whatever becomes of it: lines that the system refuses (the disk is full, the reader is
 * gone) are dropped, those for which a reader has no room wait for it up to 1 MiB. Never throws, and where the descriptor
 * is that of `process.stdout` never stands still: Node makes pipes and sockets refuse instead of wait.
 */
export class LineWriter {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private retry: NodeJS.Timeout | undefined;
  /** What was written last ends in the middle of a line. */
  private isMidLine = false;
  private readonly onDropped: (lines: number) => void;
  private readonly writeNow: (text: Buffer) => number;

  constructor(fd: number, { onDropped, write = (text) => writeSync(fd, text) }: LineWriterOptions) {
    this.onDropped = onDropped;
    this.writeNow = write;
  }

  /** @param lines whole lines, each with its end */
  write(lines: string): void {
    // The rest of a line that was given up in its middle: what comes now begins anew.
    const isBehindHalf = this.isMidLine && this.waiting.length === 0;
    const text = Buffer.from(isBehindHalf ? `\n${lines}` : lines);
    if (this.waiting.length > 0 && this.waitingBytes + text.length > waitingBytesMax) {
      this.onDropped(linesIn(text));
      return;
    }
    this.waiting.push(text);
    this.waitingBytes += text.length;
    if (!this.retry) this.flush();
  }

  /** Writes what waits as far as that is possible now. */
  flush(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
    try {
      for (let first = this.waiting[0]; first; first = this.waiting[0]) this.wrote(first, this.writeNow(first));
    } catch (error) {
      if (hasNoRoom(error)) this.retry = setTimeout(() => this.flush(), tryAgainMs).unref();
      else this.dropAll();
    }
  }

  private wrote(text: Buffer, bytes: number): void {
    if (bytes > 0) this.isMidLine = text[bytes - 1] !== lineEnd;
    this.waitingBytes -= bytes;
    if (bytes < text.length) this.waiting[0] = text.subarray(bytes);
    else this.waiting.shift();
  }

  private dropAll(): void {
    const lines = this.waiting.reduce((sum, text) => sum + linesIn(text), 0);
    this.waiting = [];
    this.waitingBytes = 0;
    this.onDropped(lines);
  }
}

function linesIn(text: Buffer): number {
  let count = 0;
  for (const byte of text) if (byte === lineEnd) count++;
  return count;
}

const hasNoRoom = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EAGAIN';

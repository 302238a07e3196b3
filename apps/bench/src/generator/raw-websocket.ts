import { connect, type Socket } from 'node:net';

/** Bytes `start` (inclusive) to `end` of `buffer` are the text of a frame; only until the callback returns. */
export type OnText = (buffer: Buffer, start: number, end: number) => void;

export interface RawWebSocketOptions {
  readonly port: number;
  readonly path: string;
  readonly onText: OnText;
  /** Called once, also where the server refused the upgrade. */
  readonly onClose: (reason: string) => void;
}

/** Shared by every connection: reads are handed over one after another, and what is left of one is copied out. */
const readBuffer = Buffer.allocUnsafe(256 * 1024);
const endOfHead = '\r\n\r\n';
const opcodes = { text: 1, close: 8 } as const;

/**
 * A WebSocket client that costs a fraction of a full one, so that it can share a core with the stores and still take
 * more than a hundred thousand frames a second. It relies on what the two servers under test do: no extensions, no
 * fragments, no WebSocket pings. Frames are masked with a key of zeros, which is only for talking to oneself.
 */
export class RawWebSocket {
  private readonly socket: Socket;
  private isUpgraded = false;
  /** Beginning of a frame whose end has not arrived yet. */
  private rest: Buffer | undefined;

  constructor(private readonly options: RawWebSocketOptions) {
    const { port, path } = options;
    const onread = { buffer: readBuffer, callback: (size: number) => this.read(size) };
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    let reason = 'closed by the server';
    this.socket.on('error', (error) => (reason = error.message));
    this.socket.on('close', () => options.onClose(reason));
    this.socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
  }

  /** Sends a text of ASCII characters. */
  send(text: string): void {
    const { length } = text;
    const header = length < 126 ? 6 : 8;
    const frame = Buffer.alloc(header + length);
    frame[0] = 0x80 | opcodes.text;
    if (header === 6) {
      frame[1] = 0x80 | length;
    } else {
      frame[1] = 0x80 | 126;
      frame.writeUInt16BE(length, 2);
    }
    frame.write(text, header, 'latin1');
    this.socket.write(frame);
  }

  /** From now on what the server sends stays where it is; its closing is noticed at the next `send`. */
  stopReading(): void {
    this.socket.pause();
  }

  close(): void {
    this.socket.destroy();
  }

  private read(size: number): boolean {
    let bytes = readBuffer.subarray(0, size);
    if (this.rest) {
      bytes = Buffer.concat([this.rest, bytes]);
      this.rest = undefined;
    }
    const start = this.isUpgraded ? 0 : this.upgrade(bytes);
    const used = this.isUpgraded ? this.takeFrames(bytes, start) : 0;
    if (used < bytes.length) this.rest = Buffer.from(bytes.subarray(used));
    return true;
  }

  /** Gives where the frames begin once the whole answer to the upgrade is there. */
  private upgrade(bytes: Buffer): number {
    const end = bytes.indexOf(endOfHead);
    if (end < 0) return 0;
    const status = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
    this.isUpgraded = status.includes(' 101 ');
    if (!this.isUpgraded) this.socket.destroy(new Error(`no upgrade: ${status}`));
    return end + endOfHead.length;
  }

  /** Gives where the first frame begins that is not whole. */
  private takeFrames(bytes: Buffer, start: number): number {
    let at = start;
    while (at + 2 <= bytes.length) {
      const opcode = bytes[at]! & 0x0f;
      let size = bytes[at + 1]!;
      let header = 2;
      if (size === 126) {
        if (at + 4 > bytes.length) break;
        size = bytes.readUInt16BE(at + 2);
        header = 4;
      } else if (size === 127) {
        if (at + 10 > bytes.length) break;
        size = Number(bytes.readBigUInt64BE(at + 2));
        header = 10;
      }
      const end = at + header + size;
      if (end > bytes.length) break;
      if (opcode === opcodes.text) this.options.onText(bytes, at + header, end);
      else if (opcode === opcodes.close) this.socket.destroy();
      else throw new Error(`a frame with opcode ${opcode} was not expected`);
      at = end;
    }
    return at;
  }
}

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export const opcodes = { text: 0x1, close: 0x8 } as const;

export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

const isClosing = ({ opcode }: Frame) => opcode === opcodes.close;

/**
 * A WebSocket whose every frame is made by hand. It answers no close frame and, like OkHttp, reads nothing after one. Nor does
 * it close its side when the server has closed its own.
 */
export class HandMadeSocket {
  readonly frames: Frame[] = [];
  /** Settles when it reads that the server has closed its side; never after a close frame. */
  readonly ended: Promise<void>;
  private unread = Buffer.alloc(0);

  private constructor(private readonly tcp: Socket) {
    this.ended = new Promise((resolve) => {
      tcp.once('end', () => {
        if (!this.frames.some(isClosing)) resolve();
      });
    });
  }

  /** Connects and sends the packet by which Socket.IO connects. */
  static async open(url: string, auth: object = {}): Promise<HandMadeSocket> {
    const { hostname, port } = new URL(url);
    const socket = new HandMadeSocket(connect({ host: hostname, port: Number(port), allowHalfOpen: true }));
    await socket.upgrade(hostname);
    socket.send(opcodes.text, Buffer.from(`40${JSON.stringify(auth)}`));
    return socket;
  }

  /** Resolves when a frame with this text has come. */
  async hears(text: string): Promise<void> {
    while (!this.frames.some(({ payload }) => payload.includes(text))) await once(this.tcp, 'data');
  }

  /** At most 64 KiB; masked, as a client has to, with a mask of zeros. */
  send(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
    this.write(Buffer.concat([Buffer.from([0x80 | opcode, ...size, 0, 0, 0, 0]), payload]));
  }

  write(bytes: Buffer): void {
    this.tcp.write(bytes);
  }

  destroy(): void {
    this.tcp.destroy();
  }

  private async upgrade(host: string): Promise<void> {
    this.tcp.on('error', () => undefined);
    this.tcp.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    let head = Buffer.alloc(0);
    const isWhole = () => head.includes('\r\n\r\n');
    while (!isWhole()) head = Buffer.concat([head, ...((await once(this.tcp, 'data')) as [Buffer])]);
    this.tcp.on('data', (bytes: Buffer) => this.read(bytes));
    this.read(head.subarray(head.indexOf('\r\n\r\n') + 4));
  }

  private read(bytes: Buffer): void {
    this.unread = Buffer.concat([this.unread, bytes]);
    for (let frame = this.nextFrame(); frame; frame = this.nextFrame()) {
      this.frames.push(frame);
      if (isClosing(frame)) this.tcp.pause();
    }
  }

  /** Of at most 64 KiB, unmasked. */
  private nextFrame(): Frame | undefined {
    const { unread } = this;
    if (unread.length < 4 && (unread.length < 2 || unread[1]! > 125)) return undefined;
    const isLong = unread[1] === 126;
    const start = isLong ? 4 : 2;
    const end = start + (isLong ? unread.readUInt16BE(2) : unread[1]!);
    if (unread.length < end) return undefined;
    this.unread = unread.subarray(end);
    return { opcode: unread[0]! & 0xf, payload: unread.subarray(start, end) };
  }
}

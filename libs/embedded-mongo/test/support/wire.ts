import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { deserialize, type Document, serialize } from 'bson';

/** An OP_MSG with one section of kind 0. */
export function opMsg(command: Document, { flags = 0, requestId = 1, tail = Buffer.alloc(0) } = {}): Buffer {
  const body = serialize(command);
  const message = Buffer.alloc(21 + body.length);
  message.writeInt32LE(requestId, 4);
  message.writeInt32LE(2013, 12);
  message.writeUInt32LE(flags, 16);
  message.set(body, 21);
  const whole = Buffer.concat([message, tail]);
  whole.writeInt32LE(whole.length, 0);
  return whole;
}

/** A connection that speaks bytes, for what a driver would never send. */
export class RawClient {
  private received = Buffer.alloc(0);
  private waiting: (() => void) | undefined;
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.waiting?.();
    });
    socket.on('close', () => {
      this.closed = true;
      this.waiting?.();
    });
    // A reset by the server is what some tests are about; 'close' follows.
    socket.on('error', () => undefined);
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The document of the next reply. */
  async reply(): Promise<Document> {
    for (;;) {
      const length = this.received.length >= 4 ? this.received.readInt32LE(0) : Infinity;
      if (this.received.length >= length) {
        const message = this.received.subarray(0, length);
        this.received = this.received.subarray(length);
        return deserialize(message.subarray(message.readInt32LE(12) === 2013 ? 21 : 36));
      }
      if (this.closed) throw new Error('closed without a reply');
      await this.change();
    }
  }

  async untilClosed(): Promise<void> {
    while (!this.closed) await this.change();
  }

  async command(command: Document): Promise<Document> {
    this.send(opMsg(command));
    return this.reply();
  }

  close(): void {
    this.socket.destroy();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => (this.waiting = resolve));
  }
}

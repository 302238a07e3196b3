import { WebSocket } from 'ws';

/** A client of Socket.IO's wire format that can stop reading, which no well-behaved one does. */
export class RawReader {
  readonly closed: Promise<void>;
  readonly frames: string[] = [];

  private constructor(private readonly webSocket: WebSocket) {
    this.closed = new Promise((resolve) => webSocket.once('close', () => resolve()));
    webSocket.on('message', (data: Buffer) => {
      const frame = data.toString();
      this.frames.push(frame);
      if (frame === '2') webSocket.send('3');
    });
  }

  /** Connects and waits for `session:ready`. */
  static async connect(url: string, token: string): Promise<RawReader> {
    const address = new URL('/socket.io/?EIO=4&transport=websocket', url);
    address.protocol = 'ws:';
    const reader = new RawReader(new WebSocket(address));
    await new Promise<void>((resolve, reject) => {
      reader.webSocket.once('error', reject);
      reader.webSocket.once('open', () => reader.webSocket.send(`40${JSON.stringify({ token })}`));
      reader.webSocket.on('message', (data: Buffer) => {
        if (data.toString().includes('session:ready')) resolve();
      });
    });
    return reader;
  }

  /** From now on the server's bytes stay where they are. */
  stopReading(): void {
    this.webSocket.pause();
  }

  readAgain(): void {
    this.webSocket.resume();
  }

  close(): void {
    this.webSocket.terminate();
  }
}

/** The same by long-polling: reads exactly when it is told to. */
export class RawPoller {
  private constructor(private readonly address: string) {}

  /** Connects and takes what there is until `session:ready`. */
  static async connect(url: string, token: string): Promise<RawPoller> {
    const base = `${url}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(base)).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const poller = new RawPoller(`${base}&sid=${sid}`);
    await poller.post(`40${JSON.stringify({ token })}`);
    while (!(await poller.poll()).includes('session:ready')) continue;
    return poller;
  }

  /** Gives a command; its answer begins with `43` and the number. */
  ask(number: number, command: string, request: object): Promise<void> {
    return this.post(`42${number}${JSON.stringify([command, request])}`);
  }

  /** What waits, packets separated by U+001E; the refusal's body once the server has closed. */
  async poll(): Promise<string> {
    return (await fetch(this.address)).text();
  }

  private async post(body: string): Promise<void> {
    await fetch(this.address, { method: 'POST', body });
  }
}

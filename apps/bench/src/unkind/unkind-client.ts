import { RawWebSocket } from '../generator/raw-websocket.js';
import type { Target, UnkindKind } from './messages.js';

const openPacket = 0x30;
const pingPacket = 0x32;
const refusedPacket = '44';
/** As often as a person may give commands. */
const askEveryMs = 50;
/** What is pushed into a connection at once; a hundred refusals close it. */
const pushedAtOnce = 1_000;
/** Between two connections; what a refusal says of coming back is not listened to. */
const comeBackMs = 1;

/** A client that does one thing wrong, for as long as it is let. */
export class UnkindClient {
  connections = 0;
  private socket: RawWebSocket | undefined;
  private asking: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(
    private readonly kind: UnkindKind,
    private readonly target: Target,
  ) {
    this.open();
  }

  stop(): void {
    this.isOver = true;
    clearInterval(this.asking);
    this.socket?.close();
  }

  private open(): void {
    if (this.isOver) return;
    this.connections++;
    this.socket = new RawWebSocket({
      port: this.target.port,
      path: '/socket.io/?EIO=4&transport=websocket',
      onText: (bytes, start, end) => this.heard(bytes, start, end),
      onClose: () => {
        clearInterval(this.asking);
        setTimeout(() => this.open(), comeBackMs);
      },
    });
  }

  private heard(bytes: Buffer, start: number, end: number): void {
    const packet = bytes[start];
    const text = bytes.toString('latin1', start, end);
    if (text.startsWith(refusedPacket)) this.socket?.close();
    else if (packet === openPacket) this.socket?.send(`40${JSON.stringify({ token: this.target.token })}`);
    else if (packet === pingPacket && this.kind !== 'mute') this.socket?.send('3');
    else if (text.includes('session:ready')) this.misbehave();
  }

  private misbehave(): void {
    const { chatId, before } = this.target;
    switch (this.kind) {
      case 'deaf':
        this.socket?.stopReading();
        this.asking = setInterval(
          () => this.socket?.send(`421["message:list",{"chatId":"${chatId}","before":${before},"limit":100}]`),
          askEveryMs,
        );
        return;
      case 'fickle':
        this.socket?.close();
        return;
      case 'mute':
        return;
      case 'pushy':
        for (let sent = 0; sent < pushedAtOnce; sent++) {
          this.socket?.send(`42${sent}["message:send",{"chatId":"${chatId}","text":"me, me, me"}]`);
        }
    }
  }
}

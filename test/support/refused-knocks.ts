import { once } from 'node:events';
import { WebSocket } from 'ws';

const atOnce = 20;

/** Handshakes with a token that is refused, as many at once as do not fill the machine. */
export class RefusedKnocks {
  private readonly url: string;

  constructor(
    url: string,
    private readonly token: string,
  ) {
    this.url = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  }

  /** How many were told each code. */
  async knock(count: number): Promise<Record<string, number>> {
    const codes: Record<string, number> = {};
    let left = count;
    const one = async () => {
      while (left-- > 0) {
        const code = await this.once();
        codes[code] = (codes[code] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
    return codes;
  }

  private async once(): Promise<string> {
    const socket = new WebSocket(this.url);
    try {
      for (;;) {
        const [data] = (await once(socket, 'message')) as [Buffer];
        const packet = data.toString();
        if (packet.startsWith('0')) socket.send(`40${JSON.stringify({ token: this.token })}`);
        if (packet.startsWith('44')) return /"code":"([^"]+)"/.exec(packet)?.[1] ?? packet;
      }
    } finally {
      socket.terminate();
    }
  }
}

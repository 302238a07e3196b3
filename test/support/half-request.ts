import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface HealthAnswer {
  readonly status: number;
  /** Of what is not JSON, nothing. */
  readonly body: { readonly error?: Record<string, unknown> };
  readonly text: string;
}

/**
 * A request of which the last line is held back, so that the server sees its connection busy and keeps it. It follows a whole
 * request in the same packet: when that is answered, the server has read the half of this one, too.
 */
export class HalfRequest {
  private text = '';

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (part: string) => (this.text += part));
  }

  static async begin(url: string, path: string): Promise<HalfRequest> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const request = new HalfRequest(socket);
    const half = `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n`;
    socket.write(`${half}\r\n${half}`);
    await request.answer();
    return request;
  }

  /** Sends the rest, and gives the answer. */
  async finish(): Promise<HealthAnswer> {
    this.socket.write('\r\n');
    const answer = await this.answer();
    this.socket.destroy();
    return answer;
  }

  private async answer(): Promise<HealthAnswer> {
    for (;;) {
      const [head = '', body = ''] = this.text.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (Buffer.byteLength(body) === length) {
        this.text = '';
        const isJson = /content-type: application\/json/i.test(head);
        return { status: Number(head.split(' ')[1]), body: isJson ? JSON.parse(body) : {}, text: body };
      }
      await Promise.race([once(this.socket, 'data'), this.cut()]);
    }
  }

  private async cut(): Promise<never> {
    await once(this.socket, 'close');
    throw new Error(`the connection was closed without an answer: ${this.text}`);
  }
}

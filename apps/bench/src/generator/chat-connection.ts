import { RawWebSocket } from './raw-websocket.js';

export interface ChatConnectionOptions {
  readonly port: number;
  /** Goes into the handshake. */
  readonly auth: Readonly<Record<string, unknown>>;
  /** A `message:new`: its place, and when it was sent by `clockMs()` where `timed`, else 0. */
  readonly onMessage: (chatId: string, seq: number, sentAtMs: number) => void;
  /** The answer to `send`. */
  readonly onAnswer: (id: number, answer: Answer) => void;
}

/** The place of a message that was taken, or the code of a refusal. */
export type Answer = { readonly seq: number } | { readonly code: string };

/** By which a send is known for ever. */
export const clientMessageId = (id: number): string => `bench-${id}`;

/** Marks the time of sending inside a text; ahead of it so that it is found without reading the whole text. */
const timeMark = '@';
const messageEvent = 'message:new';
const readyEvent = 'session:ready';
/** Where the name of an event begins in `42["name",…`. */
const nameAt = 4;
/** The beginning of a message, with its ids and place: what has to be looked at when times are not. */
const headChars = 160;

const zero = 0x30;
const packet = { open: 0x30, ping: 0x32, message: 0x34 } as const;
const kind = { connect: 0x30, disconnect: 0x31, event: 0x32, answer: 0x33, refused: 0x34 } as const;

/** Milliseconds on the clock that all connections of this process share. */
export const clockMs = (): number => performance.now();

/** One signed-in socket, over raw Engine.IO and Socket.IO packets. It reads of each only what is counted. */
export class ChatConnection {
  /** Whether messages carry the time at which they were sent. */
  timed = false;
  readonly ready: Promise<void>;
  private readonly socket: RawWebSocket;
  private settle!: { resolve: () => void; reject: (error: Error) => void };

  constructor(private readonly options: ChatConnectionOptions) {
    this.ready = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.socket = new RawWebSocket({
      port: options.port,
      path: '/socket.io/?EIO=4&transport=websocket',
      onText: (bytes, start, end) => this.take(bytes, start, end),
      onClose: (reason) => this.settle.reject(new Error(reason)),
    });
  }

  /** Sends a message of about `textChars` characters; `onAnswer` is called with the same `id`. */
  send(id: number, chatId: string, textChars: number, sentAtMs: number): void {
    const mark = this.timed ? `${timeMark}${sentAtMs.toFixed(3)}${timeMark}` : '';
    const text = mark.padEnd(textChars, 'chat is a stream of short lines ');
    const draft = `{"chatId":"${chatId}","text":"${text}","clientMessageId":"${clientMessageId(id)}"}`;
    this.socket.send(`42${id}["message:send",${draft}]`);
  }

  close(): void {
    this.socket.close();
  }

  private take(bytes: Buffer, start: number, end: number): void {
    switch (bytes[start]!) {
      case packet.message:
        return this.takeMessage(bytes, start, end);
      case packet.ping:
        return this.socket.send('3');
      case packet.open:
        return this.socket.send(`40${JSON.stringify(this.options.auth)}`);
      default:
        throw new Error(
          `a packet was not expected: ${bytes.toString('latin1', start, Math.min(end, start + headChars))}`,
        );
    }
  }

  private takeMessage(bytes: Buffer, start: number, end: number): void {
    switch (bytes[start + 1]!) {
      case kind.event:
        return this.takeEvent(bytes, start, end);
      case kind.answer:
        return this.takeAnswer(bytes, start + 2, end);
      case kind.connect:
        return; // the server's greeting follows, and is what counts
      default:
        this.settle.reject(new Error(bytes.toString('latin1', start + 2, end)));
    }
  }

  private takeEvent(bytes: Buffer, start: number, end: number): void {
    const head = bytes.toString('latin1', start, this.timed ? end : Math.min(end, start + headChars));
    if (head.startsWith(messageEvent, nameAt))
      this.options.onMessage(chatIdIn(head), seqIn(head), this.timed ? timeIn(head) : 0);
    else if (head.startsWith(readyEvent, nameAt)) this.settle.resolve();
  }

  private takeAnswer(bytes: Buffer, start: number, end: number): void {
    let at = start;
    let id = 0;
    for (let digit = bytes[at]! - zero; digit >= 0 && digit <= 9; digit = bytes[++at]! - zero) id = id * 10 + digit;
    const answer = bytes.toString('latin1', at, Math.min(end, at + headChars));
    this.options.onAnswer(
      id,
      answer.startsWith('[{"success":true') ? { seq: seqIn(answer) } : { code: codeIn(answer) },
    );
  }
}

const chatIdMark = '"chatId":"';

function chatIdIn(head: string): string {
  const start = head.indexOf(chatIdMark) + chatIdMark.length;
  return head.slice(start, head.indexOf('"', start));
}

function seqIn(head: string): number {
  const at = head.indexOf('"seq":');
  const seq = Number.parseInt(head.slice(at + 6, at + 18), 10);
  if (at < 0 || Number.isNaN(seq)) throw new Error(`a message without its place: ${head}`);
  return seq;
}

/** NaN where the text carries no time. */
function timeIn(event: string): number {
  const start = event.indexOf(timeMark) + 1;
  return Number.parseFloat(event.slice(start, event.indexOf(timeMark, start)));
}

const codeIn = (answer: string): string => /"code":"([^"]+)"/.exec(answer)?.[1] ?? answer;

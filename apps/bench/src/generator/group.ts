import { ChatConnection } from './chat-connection.js';
import { Ledger } from './ledger.js';
import type { GroupSpec } from './messages.js';

/** What the load that runs at the moment wants to hear. */
export interface GroupListener {
  readonly message: (socket: number, sentAtMs: number) => void;
  readonly answer: (id: number, code: string | undefined) => void;
}

/** Sockets that are connected together, sent through together and closed together. */
export class Group {
  readonly ledger: Ledger;
  listener: GroupListener | undefined;
  private readonly connections: ChatConnection[] = [];

  constructor(readonly spec: GroupSpec) {
    this.ledger = new Ledger(spec);
  }

  get size(): number {
    return this.spec.sockets.length;
  }

  /** Resolves once every socket was greeted; rejects with the first refusal. */
  async connect(): Promise<void> {
    let next = 0;
    const worker = async () => {
      while (next < this.size) {
        const connection = this.open(next++);
        await connection.ready;
      }
    };
    await Promise.all(Array.from({ length: this.spec.concurrency }, worker));
  }

  setTimed(timed: boolean): void {
    for (const connection of this.connections) connection.timed = timed;
  }

  /** Gives the index of the chat it went to. */
  send(socket: number, id: number, textChars: number, sentAtMs: number): number {
    const { chat } = this.spec.sockets[socket]!;
    this.connections[socket]!.send(id, this.spec.chats[chat]!.id, textChars, sentAtMs);
    return chat;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  private open(socket: number): ChatConnection {
    const { port, auth } = this.spec.sockets[socket]!;
    return (this.connections[socket] = new ChatConnection({
      port,
      auth,
      onMessage: (seq, sentAtMs) => {
        this.ledger.got(socket, seq);
        this.listener?.message(socket, sentAtMs);
      },
      onAnswer: (id, code) => this.listener?.answer(id, code),
    }));
  }
}

import pLimit from 'p-limit';
import { ChatConnection } from './chat-connection.js';
import type { Answer } from './chat-connection.js';
import { Ledger } from './ledger.js';
import type { GroupSpec } from './messages.js';

/** What the load that runs at the moment wants to hear. */
export interface GroupListener {
  readonly message: (sentAtMs: number) => void;
  readonly answer: (id: number, answer: Answer) => void;
}

/** Sockets that are connected together, sent through together and closed together. */
export class Group {
  readonly ledger: Ledger;
  listener: GroupListener | undefined;
  private readonly connections: ChatConnection[] = [];
  private readonly chatIndexes: ReadonlyMap<string, number>;

  constructor(readonly spec: GroupSpec) {
    const chatsOf = spec.sockets.map((): number[] => []);
    spec.chats.forEach(({ members }, chat) => members.forEach((socket) => chatsOf[socket]!.push(chat)));
    this.ledger = new Ledger(spec, chatsOf);
    this.chatIndexes = new Map(spec.chats.map(({ id }, chat) => [id, chat]));
  }

  /** Resolves once every socket was greeted; rejects with the first refusal. */
  async connect(): Promise<void> {
    await pLimit(this.spec.concurrency).map(this.spec.sockets.keys(), (socket) => this.open(socket).ready);
  }

  setTimed(timed: boolean): void {
    for (const connection of this.connections) connection.timed = timed;
  }

  /** From a socket, by its index, to a chat, by its index. */
  send(socket: number, chat: number, id: number, textChars: number, sentAtMs: number): void {
    this.connections[socket]!.send(id, this.spec.chats[chat]!.id, textChars, sentAtMs);
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  private open(socket: number): ChatConnection {
    const { port, auth } = this.spec.sockets[socket]!;
    return (this.connections[socket] = new ChatConnection({
      port,
      auth,
      onMessage: (chatId, seq, sentAtMs) => {
        this.ledger.got(socket, this.chatIndexes.get(chatId)!, seq);
        this.listener?.message(sentAtMs);
      },
      onAnswer: (id, answer) => this.listener?.answer(id, answer),
    }));
  }
}

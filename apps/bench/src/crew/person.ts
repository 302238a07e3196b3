import { RoostClient } from '@roost/client';
import type { ChatView, Sent } from '@roost/client';
import type { Message } from '@roost/contract';
import type { ClientLog, CrewMember, Heard, Shown } from './messages.js';

/** More than is said in a chat during any run: all of it stays in the view. */
const messagesPerChat = 10_000;

/** Somebody with an SDK client, and a record of all that it was told. */
export class Person {
  readonly client: RoostClient;
  private readonly shown: Shown[] = [];
  private readonly facts: (Heard & { readonly connection: number })[] = [];
  private readonly states: { readonly name: string; readonly atMs: number }[] = [];
  /** What each chat showed last. */
  private readonly before = new Map<string, readonly Message[]>();
  private connection = 0;
  private session: unknown;

  constructor(
    url: string,
    private readonly member: CrewMember,
  ) {
    this.client = new RoostClient({ url, token: member.token, messagesPerChat });
    this.client.onState(({ name }) => this.states.push({ name, atMs: Date.now() }));
    this.client.on('message:new', (message) =>
      this.facts.push({ ...heard(message), connection: this.connectionNow() }),
    );
    this.client.subscribe(() => this.look());
  }

  send(chat: number, text: string): Promise<Sent> {
    return this.client.send(this.chatId(chat), text);
  }

  chatId(chat: number): string {
    return this.member.chatIds[chat % this.member.chatIds.length]!;
  }

  /** Whether this client is live and has all messages of its chats up to these places. */
  hasReached(heads: Readonly<Record<string, number>>): boolean {
    if (this.client.state.name !== 'live') return false;
    return this.member.chatIds.every((chatId) => {
      const view = this.client.view(chatId);
      return view !== undefined && view.chat.lastSeq >= (heads[chatId] ?? 0);
    });
  }

  log(): ClientLog {
    const { shown, facts, states } = this;
    const messagesOf = (chatId: string) => this.client.view(chatId)?.messages.map(({ id }) => id) ?? [];
    const atEnd = this.client.chats.map(({ id }) => [id, messagesOf(id)] as const);
    return { userId: this.member.id, shown, facts, states, atEnd: Object.fromEntries(atEnd) };
  }

  private look(): void {
    for (const { id } of this.client.chats) {
      const view = this.client.view(id);
      if (view) this.lookAt(id, view);
    }
  }

  /** Records what a chat shows that it did not show before, wherever in it that is. */
  private lookAt(chatId: string, { messages }: ChatView): void {
    const before = this.before.get(chatId) ?? [];
    if (messages === before) return;
    this.before.set(chatId, messages);
    const known = new Set(before.map(({ id }) => id));
    for (const message of messages) {
      if (known.has(message.id)) continue;
      this.shown.push({ ...heard(message), isOwn: message.sender.id === this.member.id });
    }
  }

  /** Each connection has a `session:ready` of its own. */
  private connectionNow(): number {
    if (this.client.session !== this.session) {
      this.session = this.client.session;
      this.connection++;
    }
    return this.connection;
  }
}

const heard = ({ chatId, id, seq }: Message): Heard => ({ chatId, id, seq, atMs: Date.now() });

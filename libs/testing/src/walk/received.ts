import type { ChatState, State } from '@roost/client';
import type { Message } from '@roost/contract';

/**
 * What one run of a client has got that it did not have, in bytes of JSON: each version of a message once, each chat once, and
 * for every change of another kind as much as its fact takes.
 */
export class News {
  bytes = 0;
  private readonly versions = new Set<string>();
  private readonly revs = new Map<string, number>();
  private seen: ReadonlySet<ChatState> = new Set();

  /** What is here by now is no news: it was kept by an earlier run. */
  begin(state: State): void {
    this.look(state);
    this.bytes = 0;
  }

  look({ chats }: State): void {
    const all = chats.flatMap((piece) => Object.entries(piece));
    for (const [chatId, chat] of all) {
      if (this.seen.has(chat)) continue;
      const known = this.revs.get(chatId);
      if (known === undefined) this.bytes += sizeOf(chat.chat);
      const edits = chat.segments.reduce((sum, { messages }) => sum + this.add(messages), 0);
      const { rev } = chat.chat;
      if (known !== undefined && rev > known) this.bytes += Math.max(0, rev - known - edits) * changeBytes;
      this.revs.set(chatId, Math.max(known ?? 0, rev));
    }
    this.seen = new Set(all.map(([, chat]) => chat));
  }

  /** How many of them are other versions of what was here. */
  private add(messages: readonly Message[]): number {
    let edits = 0;
    for (const message of messages) {
      const { id, editedAt, deletedAt } = message;
      const version = `${id} ${editedAt} ${deletedAt}`;
      if (this.versions.has(version)) continue;
      if (this.versions.has(id)) edits++;
      this.versions.add(id).add(version);
      this.bytes += deletedAt === undefined ? sizeOf(message) : changeBytes;
    }
    return edits;
  }
}

/** A change that has no message in it: about what its fact takes. */
const changeBytes = 250;

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

import { Injectable } from '@nestjs/common';
import type { ChatMarks, ReplyOf, RequestOf } from '@roost/contract';
import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '../kernel/caller.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { entryOf, isSince, keyOf, KeptOfChats } from './kept-of-chats.js';
import { OwnLog } from './own-log.js';
import type { Entries } from './own-log.repository.js';

type Mark = keyof ChatMarks;
type Wish = Omit<RequestOf<'chat:mark'>, 'chatId'>;

const marks: readonly Mark[] = ['muted', 'pinned', 'unread', 'archived'];

/** Chats that one has muted, pinned, archived or marked as unread. Each mark by itself, so that two devices change two at once. */
@Injectable()
export class ChatMarksService {
  constructor(
    private readonly kept: KeptOfChats,
    private readonly log: OwnLog,
    private readonly messages: MessagesRepository,
  ) {}

  /**
   * The marks are as wished from now on. What is so already is told again, and nothing changes.
   *
   * @throws ChatError chat/access_denied
   */
  async mark(caller: Caller, chatId: string, wish: Wish): Promise<ReplyOf<'chat:mark'>> {
    const { userId } = caller;
    const { joinedAt } = await this.kept.membership(caller, chatId);
    const kept = await this.kept.newest(userId, chatId, marks);
    // What was kept in a membership before this one is over.
    const before: Entries = new Map([...kept].filter(([, one]) => isSince(one, joinedAt)));
    const wished = await this.wished(chatId, wish);
    const isSo = ([mark, value]: [Mark, unknown]) => isDeepStrictEqual(valueOf(before, chatId, mark) ?? false, value);
    const changes = wished.filter((one) => !isSo(one));
    const told = wished.flatMap((one) => (isSo(one) ? (before.get(keyOf(chatId, one[0])) ?? []) : []));
    this.log.tell(userId, told);
    const entries = changes.map(([mark, value]) => entryOf(chatId, joinedAt, mark, { marks: { [mark]: value } }));
    const stored = await this.log.append(userId, entries);
    const now = new Map([...before, ...stored.map((entry) => [entry.key, entry] as const)]);
    const places = Array.from(now.values(), ({ rev }) => rev);
    return { ownRev: Math.max(0, ...places), marks: marksIn(now, chatId) };
  }

  private async wished(chatId: string, { archived, ...others }: Wish): Promise<[Mark, unknown][]> {
    const wished = Object.entries(others) as [Mark, unknown][];
    if (archived === undefined) return wished;
    return [...wished, ['archived', archived && { upToSeq: await this.messages.readHead(chatId) }]];
  }
}

const valueOf = (entries: Entries, chatId: string, mark: Mark): unknown =>
  (entries.get(keyOf(chatId, mark))?.body as { readonly marks: ChatMarks } | undefined)?.marks[mark];

const marksIn = (entries: Entries, chatId: string): ChatMarks =>
  Object.fromEntries(
    marks.flatMap((mark) => {
      const value = valueOf(entries, chatId, mark);
      return value === undefined ? [] : [[mark, value]];
    }),
  );

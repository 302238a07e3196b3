import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { ChatMarks, ReplyOf, RequestOf } from '@roost/contract';
import { isDeepStrictEqual } from 'node:util';
import { ChatAccess } from '../access/chat-access.js';
import { MembersRepository } from '../access/members.repository.js';
import type { Caller } from '../kernel/caller.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { objectId } from '../store/ids.js';
import { OwnLog } from './own-log.js';
import type { OwnEntryDocument } from './own-entry.schema.js';
import type { NewOwnEntry } from './own-log.js';
import type { Entries } from './own-log.repository.js';

type Mark = keyof ChatMarks;
type Wish = Omit<RequestOf<'chat:mark'>, 'chatId'>;

const marks: readonly Mark[] = ['muted', 'pinned', 'unread', 'archived'];
const keyOf = (chatId: string, mark: Mark) => `chat/${chatId}/${mark}`;
const keysOf = (chatId: string) => marks.map((mark) => keyOf(chatId, mark));

/** What people keep of a chat for themselves: muted, pinned, archived, marked as unread. Each mark by itself, so that two devices change two at once. */
@Injectable()
export class ChatMarksService {
  constructor(
    private readonly access: ChatAccess,
    private readonly log: OwnLog,
    private readonly members: MembersRepository,
    private readonly messages: MessagesRepository,
  ) {}

  /**
   * The marks are as wished from now on. What is so already is told again, and nothing changes.
   *
   * @throws ChatError chat/access_denied
   */
  async mark({ userId }: Caller, chatId: string, wish: Wish): Promise<ReplyOf<'chat:mark'>> {
    const [member] = await Promise.all([this.members.find(chatId, userId), this.access.forMember({ userId }, chatId)]);
    if (!member) throw new ChatError('chat/access_denied');
    const kept = (await this.log.newest([userId], keysOf(chatId))).get(userId) ?? new Map();
    // What was kept in a membership before this one is over.
    const before: Entries = new Map([...kept].filter(([, one]) => isSince(one, member.joinedAt)));
    const wished = await this.wished(chatId, wish);
    const isSo = ([mark, value]: [Mark, unknown]) => isDeepStrictEqual(valueOf(before, chatId, mark) ?? false, value);
    const changes = wished.filter((one) => !isSo(one));
    const told = wished.flatMap((one) => (isSo(one) ? (before.get(keyOf(chatId, one[0])) ?? []) : []));
    this.log.tell(userId, told);
    const entries = changes.map(([mark, value]) => entryOf(chatId, member.joinedAt, mark, value));
    const stored = await this.log.append(userId, entries);
    const now = new Map([...before, ...stored.map((entry) => [entry.key, entry] as const)]);
    const places = Array.from(now.values(), ({ rev }) => rev);
    return { ownRev: Math.max(0, ...places), marks: marksIn(now, chatId) };
  }

  /**
   * Before these people are in a chat again: what they had kept of it is over, which their devices are told, those that were away too.
   * Harmless to repeat.
   *
   * @param joining since when each of them will be, by id
   */
  async beginAnew(chatId: string, joining: ReadonlyMap<string, Date>): Promise<void> {
    const kept = await this.log.newest([...joining.keys()], keysOf(chatId));
    for (const [userId, entries] of kept) {
      const joinedAt = joining.get(userId)!;
      const over = marks.filter((mark) => {
        const entry = entries.get(keyOf(chatId, mark));
        return entry && !isSince(entry, joinedAt) && valueOf(entries, chatId, mark);
      });
      if (over.length > 0)
        await this.log.append(
          userId,
          over.map((mark) => entryOf(chatId, joinedAt, mark, false)),
        );
    }
  }

  private async wished(chatId: string, { archived, ...others }: Wish): Promise<[Mark, unknown][]> {
    const wished = Object.entries(others) as [Mark, unknown][];
    if (archived === undefined) return wished;
    return [...wished, ['archived', archived && { upToSeq: await this.messages.readHead(chatId) }]];
  }
}

const entryOf = (chatId: string, joinedAt: Date, mark: Mark, value: unknown): NewOwnEntry => ({
  kind: 'chat:marked',
  key: keyOf(chatId, mark),
  chatId: objectId(chatId),
  joinedAt,
  body: { marks: { [mark]: value } },
});

/** Whether it is of the membership that began then. */
const isSince = (entry: Pick<OwnEntryDocument, 'joinedAt'>, joinedAt: Date): boolean =>
  entry.joinedAt?.getTime() === joinedAt.getTime();

const valueOf = (entries: Entries, chatId: string, mark: Mark): unknown =>
  (entries.get(keyOf(chatId, mark))?.body as { readonly marks: ChatMarks } | undefined)?.marks[mark];

const marksIn = (entries: Entries, chatId: string): ChatMarks =>
  Object.fromEntries(
    marks.flatMap((mark) => {
      const value = valueOf(entries, chatId, mark);
      return value === undefined ? [] : [[mark, value]];
    }),
  );

import { Injectable } from '@nestjs/common';
import type { Role } from '@roost/contract';
import { MembersRepository } from '../access/members.repository.js';
import type { Caller } from '../kernel/caller.js';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { mutationOf } from '../logs/mutations.js';
import type { Named } from '../logs/mutations.js';
import { stateOf } from '../logs/overtaken.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import { ChatViews } from './chat-views.js';

interface Addition extends Named {
  readonly chatId: string;
  /** The last change of each of them, by user id. */
  readonly revs: ReadonlyMap<string, number | undefined>;
  readonly role?: Role;
  /** What brings them in where nobody adds them, and the state of it that they end. */
  readonly use?: { readonly cause: string; readonly state?: string };
}

/** Makes people members who are not in the chat, and tells them and the others. */
@Injectable()
export class Newcomers {
  constructor(
    private readonly members: MembersRepository,
    private readonly messages: MessagesRepository,
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
    private readonly views: ChatViews,
    private readonly broadcaster: Broadcaster,
  ) {}

  /** Those whose change was decided are told of, whatever became of the others. */
  async add(caller: Caller, { chatId, revs, role = 'member', use, ...named }: Addition): Promise<void> {
    const readSeq = await this.messages.readHead(chatId);
    const kind = 'member:added' as const;
    const { changes, failures } = await this.changes.makeAll(
      Array.from(revs, ([userId, rev]) => {
        const body = { userId, role, readSeq };
        const mutation = mutationOf(caller.userId, named, userId);
        const ends = [stateOf('member', userId, rev), ...(use?.state === undefined ? [] : [use.state])];
        return { chatId, by: caller.userId, kind, body, ends, mutation, cause: use?.cause } as const;
      }),
    );
    const added = changes.map(({ body }) => body.userId);
    if (added.length > 0) await this.showChatTo(chatId, added);
    for (const change of changes) await this.teller.tell(change);
    if (failures.length > 0) throw failures[0];
  }

  /** Who of these people was added by this change before. */
  addedBy(caller: Caller, { chatId, userIds, ...named }: Named & { chatId: string; userIds: readonly string[] }) {
    const mutations = userIds.flatMap((userId) => mutationOf(caller.userId, named, userId) ?? []);
    return this.changes.addedUnder(chatId, mutations);
  }

  /** The chat appears in the lists of those who were added: to them it is new. */
  private async showChatTo(chatId: string, userIds: readonly string[]): Promise<void> {
    const [member] = await this.members.among(chatId, userIds);
    const chat = member && (await this.views.of(member.userId.toHexString(), chatId));
    if (chat) this.broadcaster.toUsers(userIds, 'chat:created', chat);
  }
}

import { Injectable } from '@nestjs/common';
import type { Change, ChangeKind, User } from '@roost/contract';
import { memberView } from '../members/member.view.js';
import { MembersRepository } from '../members/members.repository.js';
import { messageView } from '../messages/message.view.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { Profiles, unknownUser } from '../users/profiles.js';
import type { ChangeOf } from './change.schema.js';

/** What a change of this kind looks like to clients. */
export type ChangeViewOf<K extends ChangeKind> = Extract<Change, { kind: K }>;

/**
 * Changes as facts and `sync` tell them. Messages and members are shown as they are now: a text that was deleted after an
 * edit does not come back with the edit.
 */
@Injectable()
export class ChangeViews {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly members: MembersRepository,
    private readonly profiles: Profiles,
  ) {}

  async of<K extends ChangeKind>(change: ChangeOf<K>): Promise<ChangeViewOf<K>> {
    return (await this.show(change as ChangeOf)) as ChangeViewOf<K>;
  }

  all(changes: readonly ChangeOf[]): Promise<Change[]> {
    return Promise.all(changes.map((change) => this.show(change)));
  }

  private async show(change: ChangeOf): Promise<Change> {
    const head = {
      chatId: change.chatId.toHexString(),
      rev: change.rev,
      at: change.at.toISOString(),
      by: change.by.toHexString(),
    };
    switch (change.kind) {
      case 'message:edited':
        return { ...head, kind: change.kind, message: await this.message(change.body.messageId) };
      case 'message:deleted':
      case 'member:removed':
      case 'chat:deleted':
        return { ...head, ...change.body, kind: change.kind } as Change;
      case 'member:added':
        return { ...head, kind: change.kind, member: await this.member(change) };
      case 'chat:updated':
        return { ...head, kind: change.kind, chat: { title: change.body.title } };
    }
  }

  private async message(messageId: string) {
    const message = await this.messages.byId(messageId);
    if (!message) throw new Error(`message ${messageId} was changed and is not there`);
    return messageView(message, await this.profiles.of(message.senderId.toHexString()));
  }

  /** Who has left since is shown as they were added. */
  private async member({ chatId, at, body: { userId, role, readSeq } }: ChangeOf<'member:added'>) {
    const user: User = (await this.profiles.all([userId])).get(userId) ?? unknownUser(userId);
    const member = await this.members.find(chatId.toHexString(), userId);
    if (member) return memberView(member, user);
    return { user, role, joinedAt: at.toISOString(), readSeq, deliveredSeq: readSeq };
  }
}

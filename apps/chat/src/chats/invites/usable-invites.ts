import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { ChatDocument } from '../../access/chat.schema.js';
import { ChatsRepository } from '../../access/chats.repository.js';
import { banAt } from '../../access/member.schema.js';
import type { MemberDocument } from '../../access/member.schema.js';
import { MembersRepository } from '../../access/members.repository.js';
import { mayDo, roleOf, settingsOf } from '../../access/roles.js';
import { UsersRepository } from '../../accounts/users/users.repository.js';
import { Clock } from '../../kernel/clock.js';
import { ChangeLog } from '../../logs/change-log.js';
import { stateOf } from '../../logs/overtaken.js';
import type { InviteDocument } from './invite.schema.js';
import { tokenHashOf } from './invite-tokens.js';
import { InvitesRepository } from './invites.repository.js';

/** An invite that lets somebody in, or has done so. */
export interface UsableInvite {
  readonly invite: InviteDocument;
  readonly chat: ChatDocument;
  /** What is known of the person in that chat. */
  readonly member: MemberDocument | undefined;
  /** What is used up of it; nothing where they are in the chat, or have used it before. */
  readonly use?: Use;
}

export interface Use {
  readonly cause: string;
  /** One of as many uses as it has: ended by whoever has it. */
  readonly state?: string;
}

/** What a change says that an invite brought about. */
export const causeOf = ({ _id }: InviteDocument): string => `invite ${_id.toHexString()}`;

/**
 * Says whether an invite is valid for somebody. All of it is read from the store, and one refusal stands for every reason: it tells nothing
 * of the chat, nor whether there is one.
 */
@Injectable()
export class UsableInvites {
  constructor(
    private readonly invites: InvitesRepository,
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly users: UsersRepository,
    private readonly changes: ChangeLog,
    private readonly clock: Clock,
  ) {}

  /** @throws ChatError invite/invalid */
  async of(userId: string, token: string): Promise<UsableInvite> {
    const invite = await this.invites.byToken(tokenHashOf(token));
    if (!invite) throw invalid();
    const chatId = invite.chatId.toHexString();
    const [chat, [member]] = await Promise.all([this.chats.byId(chatId), this.members.everAmong(chatId, [userId])]);
    if (!chat) throw invalid();
    // To who is in the chat it tells nothing new. Perhaps it was by this one, and the answer was lost.
    if (member?.active) return { invite, chat, member };
    const isKeptOut = member && banAt(member, new Date(this.clock.nowMs()));
    if (isKeptOut || !(await this.isGood(invite, chat))) throw invalid();
    const use = await this.useOf(invite);
    // Read after what is left: another device of theirs may have taken the last one just then.
    if (await this.changes.isCausedBy(chatId, causeOf(invite), userId)) return { invite, chat, member };
    if (!use) throw invalid();
    return { invite, chat, member, use };
  }

  /** Those that let in whoever has not used them; of a chat that there is. */
  async living(chat: ChatDocument, invites: readonly InviteDocument[]): Promise<readonly InviteDocument[]> {
    const chatId = chat._id.toHexString();
    const limited = invites.filter(({ maxUses }) => maxUses !== undefined);
    const [uses, makers] = await Promise.all([
      this.changes.countCaused(chatId, limited.map(causeOf)),
      this.members.among(chatId, [...new Set(invites.map(({ by }) => by.toHexString()))]),
    ]);
    return invites.filter(
      (invite) =>
        !isOver(invite, this.clock.nowMs()) &&
        makers.some((maker) => isMadeBy(invite, maker)) &&
        (uses.get(causeOf(invite)) ?? 0) < (invite.maxUses ?? Infinity),
    );
  }

  /** Whether its time has not come, and its maker might let people in at this moment. */
  private async isGood(invite: InviteDocument, chat: ChatDocument): Promise<boolean> {
    if (isOver(invite, this.clock.nowMs())) return false;
    const by = invite.by.toHexString();
    const [maker, disabled] = await Promise.all([
      this.members.find(chat._id.toHexString(), by),
      this.users.disabledAmong([by]),
    ]);
    if (!maker || disabled.has(by) || !isMadeBy(invite, maker)) return false;
    return mayDo(roleOf(chat, maker), 'add members', settingsOf(chat));
  }

  /** Any of those that are left, so that few of many at once want the same. */
  private async useOf(invite: InviteDocument): Promise<Use | undefined> {
    const { maxUses, chatId, _id } = invite;
    const cause = causeOf(invite);
    if (maxUses === undefined) return { cause };
    const ended = await this.changes.statesEndedBy(chatId.toHexString(), cause);
    const all = Array.from({ length: maxUses }, (_, index) => stateOf('use', _id.toHexString(), index + 1));
    const left = all.filter((state) => !ended.has(state));
    const state = left.length > 0 ? left[randomInt(left.length)] : undefined;
    return state === undefined ? undefined : { cause, state };
  }
}

const invalid = () => new ChatError('invite/invalid');

const isOver = ({ revokedAt, expiresAt }: InviteDocument, nowMs: number): boolean =>
  revokedAt !== undefined || (expiresAt !== undefined && expiresAt.getTime() <= nowMs);

/** Whether somebody is the member who made it: who left and was added again is another one. */
export const isMadeBy = ({ by, memberSince }: InviteDocument, { userId, joinedAt }: MemberDocument): boolean =>
  by.equals(userId) && memberSince.getTime() === joinedAt.getTime();

import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { UnsentText, FactName, OwnChange, OwnPage } from '@roost/contract';
import { MembersRepository } from '../access/members.repository.js';
import { runInBackground } from '../kernel/boundary.js';
import { Clock } from '../kernel/clock.js';
import { SequencedLog } from '../logs/sequenced-log.js';
import { fittingIn } from '../kernel/answer-size.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import { newId, objectId } from '../store/ids.js';
import type { OwnEntryDocument } from './own-entry.schema.js';
import { OwnLogRepository } from './own-log.repository.js';
import type { Entries } from './own-log.repository.js';

/** What somebody keeps from now on. */
export type NewOwnEntry = Pick<OwnEntryDocument, 'kind' | 'key' | 'body' | 'chatId' | 'joinedAt' | 'follows'>;

/**
 * What people keep for themselves, numbered by person: it is so on all their devices, also on those that were away. A log without
 * anything to apply: the newest entry of a key is what is so.
 */
@Injectable()
export class OwnLog {
  private readonly log: SequencedLog<OwnEntryDocument>;

  constructor(
    private readonly entries: OwnLogRepository,
    private readonly members: MembersRepository,
    private readonly messages: MessagesRepository,
    private readonly broadcaster: Broadcaster,
    private readonly clock: Clock,
  ) {
    this.log = new SequencedLog(entries, { clock });
  }

  /** Stores these in their order, and tells all sockets of the person. @throws SeenBefore where what one is to follow is followed already */
  async append(userId: string, entries: readonly NewOwnEntry[]): Promise<readonly OwnEntryDocument[]> {
    const stored = await Promise.all(
      entries.map((one) => this.log.append(userId, (rev) => this.entryAt(userId, rev, one))),
    );
    this.tell(userId, stored);
    runInBackground('own log', () => this.entries.emptyReplaced(stored));
    return stored;
  }

  /** Once more where nobody knows whether it was told: whoever has it passes it over. */
  tell(userId: string, entries: readonly OwnEntryDocument[]): void {
    for (const entry of entries) this.broadcaster.toUser(userId, entry.kind as FactName, viewOf(entry));
  }

  /** The newest entry of each of these keys, by person and key, of memberships that have ended too. */
  newest(userIds: readonly string[], keys: readonly string[]): Promise<ReadonlyMap<string, Entries>> {
    return this.entries.newest(userIds, keys);
  }

  /** Where the logs stand that got an entry since a moment, by person. */
  movedSince(moment: Date): Promise<ReadonlyMap<string, number>> {
    return this.entries.movedSince(moment);
  }

  /** What follows a place, as much as fits into so many bytes: one that never was gives all from the beginning. */
  async page(userId: string, after: number, bytesMax: number = limits.answerBytes): Promise<OwnPage> {
    const head = await this.entries.readHead(userId);
    if (after === head) return { rev: head, changes: [], more: false };
    const isAhead = after > head;
    const found = await this.entries.after(userId, isAhead ? 0 : after, limits.ownChanges);
    const alive = await this.alive(userId, newestOfKeys(found));
    const all = (await this.withoutSent(userId, alive)).map(viewOf);
    const changes = fittingIn(bytesMax, all);
    const isCut = changes.length < all.length;
    const more = isCut || found.length === limits.ownChanges;
    // What came since the head was read is here; what a later one has replaced since is not.
    const last = (isCut ? changes.at(-1)?.ownRev : found.at(-1)?.rev) ?? head;
    return { rev: more ? last : Math.max(head, last), changes: [...changes], more, ...(isAhead && { reset: true }) };
  }

  private entryAt(userId: string, rev: number, entry: NewOwnEntry): OwnEntryDocument {
    const at = new Date(this.clock.nowMs());
    return { _id: objectId(newId()), userId: objectId(userId), rev, at, ...entry };
  }

  /** A draft is over with the message that it became, also where nobody was there any more to say so. */
  private async withoutSent(
    userId: string,
    entries: readonly OwnEntryDocument[],
  ): Promise<readonly OwnEntryDocument[]> {
    const drafts = entries.flatMap((entry) => draftIn(entry) ?? []);
    const sent = await this.messages.sentAmong(userId, drafts);
    const over = new Set(Array.from(sent, ({ entry }) => entry));
    return entries.map((entry) => (over.has(entry) ? Object.assign({}, entry, { body: {} }) : entry));
  }

  /** What was kept of a chat ends with the membership. */
  private async alive(userId: string, entries: readonly OwnEntryDocument[]): Promise<readonly OwnEntryDocument[]> {
    const chatIds = new Set(entries.flatMap(({ chatId }) => chatId?.toHexString() ?? []));
    if (chatIds.size === 0) return entries;
    const joined = await this.members.joinedAtOf(userId, [...chatIds]);
    return entries.filter(
      ({ chatId, joinedAt }) => !chatId || joined.get(chatId.toHexString()) === joinedAt?.getTime(),
    );
  }
}

const newestOfKeys = (entries: readonly OwnEntryDocument[]): readonly OwnEntryDocument[] => {
  const newest = new Map(entries.map((entry) => [entry.key, entry]));
  return entries.filter((entry) => newest.get(entry.key) === entry);
};

/** What an entry says that somebody has begun to write. */
export function draftIn(entry: OwnEntryDocument | undefined) {
  const { draft } = (entry?.body ?? {}) as { readonly draft?: UnsentText };
  return entry?.chatId && draft && { chatId: entry.chatId, clientMessageId: draft.clientMessageId, draft, entry };
}

const viewOf = ({ rev, kind, at, chatId, body }: OwnEntryDocument): OwnChange => ({
  ownRev: rev,
  at: at.toISOString(),
  kind,
  ...(chatId && { chatId: chatId.toHexString() }),
  ...body,
});

import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { ChatMarked, OwnChange, OwnPage } from '@roost/contract';
import { MembersRepository } from '../access/members.repository.js';
import { runInBackground } from '../kernel/boundary.js';
import { Clock } from '../kernel/clock.js';
import { SequencedLog } from '../logs/sequenced-log.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import { newId, objectId } from '../store/ids.js';
import type { OwnEntryDocument } from './own-entry.schema.js';
import { OwnLogRepository } from './own-log.repository.js';
import type { Entries } from './own-log.repository.js';

/** What somebody keeps from now on. */
export type NewOwnEntry = Pick<OwnEntryDocument, 'kind' | 'key' | 'body' | 'chatId' | 'joinedAt'>;

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
    private readonly broadcaster: Broadcaster,
    private readonly clock: Clock,
  ) {
    this.log = new SequencedLog(entries, { clock });
  }

  /** Stores these in their order, and tells all sockets of the person. */
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
    for (const entry of entries) this.broadcaster.toUser(userId, 'chat:marked', viewOf(entry) as ChatMarked);
  }

  /** The newest entry of each of these keys, by person and key, of memberships that have ended too. */
  newest(userIds: readonly string[], keys: readonly string[]): Promise<ReadonlyMap<string, Entries>> {
    return this.entries.newest(userIds, keys);
  }

  /** Where the logs stand that got an entry since a moment, by person. */
  movedSince(moment: Date): Promise<ReadonlyMap<string, number>> {
    return this.entries.movedSince(moment);
  }

  /** What follows a place: one that never was gives all from the beginning. */
  async page(userId: string, after: number): Promise<OwnPage> {
    const head = await this.entries.readHead(userId);
    if (after === head) return { rev: head, changes: [], more: false };
    const isAhead = after > head;
    const found = await this.entries.after(userId, isAhead ? 0 : after, limits.ownChanges);
    const more = found.length === limits.ownChanges;
    // What came since the head was read is here; what a later one has replaced since is not.
    const last = found.at(-1)?.rev ?? head;
    const changes = (await this.alive(userId, newestOfKeys(found))).map(viewOf);
    return { rev: more ? last : Math.max(head, last), changes, more, ...(isAhead && { reset: true }) };
  }

  private entryAt(userId: string, rev: number, entry: NewOwnEntry): OwnEntryDocument {
    const at = new Date(this.clock.nowMs());
    return { _id: objectId(newId()), userId: objectId(userId), rev, at, ...entry };
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

const viewOf = ({ rev, kind, at, chatId, body }: OwnEntryDocument): OwnChange => ({
  ownRev: rev,
  at: at.toISOString(),
  kind,
  ...(chatId && { chatId: chatId.toHexString() }),
  ...body,
});

import { Injectable } from '@nestjs/common';
import type { AnyChange, Message, Position } from '@roost/contract';
import { Profiles } from '../accounts/users/profiles.js';
import { ChatReadsRepository } from '../chats/chat-reads.repository.js';
import { bytesOf } from '../kernel/answer-size.js';
import { BatchedReads } from '../kernel/batched-reads.js';
import { ChangeLog } from '../logs/change-log.js';
import { messageViews } from '../messages/message.view.js';
import { MessagesRepository } from '../messages/messages.repository.js';

/** Places of one log of a chat: after one, up to another. */
export interface LogRange {
  readonly chatId: string;
  readonly after: number;
  readonly upTo: number;
}

/** An entry of a log as clients see it, with its place and its bytes in an answer. */
export interface LogEntry<View> {
  readonly place: number;
  readonly view: View;
  readonly bytes: number;
}

/** Of the logs of one chat: ascending. */
export type LogEntries<View> = readonly LogEntry<View>[];

export const idOfRange = ({ chatId, after, upTo }: LogRange): string => `${chatId}:${after}:${upTo}`;

const chatsInARead = 250;
const rangesInARead = 50;

/** Reads the logs of chats for all clients of this replica together: a storm of reconnects is not a storm on MongoDB. */
@Injectable()
export class LogReader {
  private readonly heads: BatchedReads<string, Position>;
  private readonly messagesOf: BatchedReads<LogRange, LogEntries<Message>>;
  private readonly changesOf: BatchedReads<LogRange, LogEntries<AnyChange>>;

  constructor(
    reads: ChatReadsRepository,
    private readonly messages: MessagesRepository,
    private readonly changeLog: ChangeLog,
    private readonly profiles: Profiles,
  ) {
    this.heads = new BatchedReads({ idOf: String, read: (chatIds) => reads.positions(chatIds), keysMax: chatsInARead });
    const ranges = { idOf: idOfRange, keysMax: rangesInARead };
    this.messagesOf = new BatchedReads({ ...ranges, read: (keys) => this.readMessages(keys) });
    this.changesOf = new BatchedReads({ ...ranges, read: (keys) => this.readChanges(keys) });
  }

  /** Where the logs of chats stand, by id; a chat that was deleted is left out. */
  positionsOf(chatIds: readonly string[]): Promise<ReadonlyMap<string, Position>> {
    return this.heads.of(chatIds);
  }

  /** By `idOfRange`. */
  messagesIn(ranges: readonly LogRange[]): Promise<ReadonlyMap<string, LogEntries<Message>>> {
    return this.messagesOf.of(ranges);
  }

  /** By `idOfRange`. */
  changesIn(ranges: readonly LogRange[]): Promise<ReadonlyMap<string, LogEntries<AnyChange>>> {
    return this.changesOf.of(ranges);
  }

  /** How many changes there are to tell in these ranges, by chat; none where that is 0. */
  countChanges(ranges: readonly LogRange[]): Promise<ReadonlyMap<string, number>> {
    return this.changeLog.countWithin(ranges);
  }

  private async readMessages(ranges: readonly LogRange[]): Promise<ReadonlyMap<string, LogEntries<Message>>> {
    const documents = await this.messages.within(ranges);
    const senders = await this.profiles.all(documents.map((one) => one.senderId.toHexString()));
    return byRange(ranges, messageViews(documents, senders), ({ seq }) => seq);
  }

  private async readChanges(ranges: readonly LogRange[]): Promise<ReadonlyMap<string, LogEntries<AnyChange>>> {
    return byRange(ranges, await this.changeLog.viewsWithin(ranges), ({ rev }) => rev);
  }
}

function byRange<View extends { readonly chatId: string }>(
  ranges: readonly LogRange[],
  views: readonly View[],
  placeOf: (view: View) => number,
): ReadonlyMap<string, LogEntries<View>> {
  const entries = views.map((view) => ({ place: placeOf(view), view, bytes: bytesOf(view) + 1 }));
  const byChat = Map.groupBy(entries, ({ view }) => view.chatId);
  const within = ({ chatId, after, upTo }: LogRange) =>
    (byChat.get(chatId) ?? []).filter(({ place }) => place > after && place <= upTo);
  return new Map(ranges.map((range) => [idOfRange(range), within(range)]));
}

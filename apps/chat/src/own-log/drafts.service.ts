import { Injectable } from '@nestjs/common';
import type { UnsentText, DraftSaved, RequestOf } from '@roost/contract';
import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '../kernel/caller.js';
import { Overtaken, untilDecided } from '../logs/overtaken.js';
import { SeenBefore } from '../logs/sequenced-log.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { objectId } from '../store/ids.js';
import { entryOf, isSince, keyOf, KeptOfChats } from './kept-of-chats.js';
import type { OwnEntryDocument } from './own-entry.schema.js';
import { draftIn, OwnLog } from './own-log.js';
import type { NewOwnEntry } from './own-log.js';

type Wish = Omit<RequestOf<'draft:save'>, 'chatId'>;

/**
 * What people have begun to write, one draft of a chat. It names the draft that it was made from, so that a device that had not heard of
 * the newest one replaces nothing; each draft is followed by one, whatever replicas are asked at once (a unique index).
 */
@Injectable()
export class DraftsService {
  constructor(
    private readonly kept: KeptOfChats,
    private readonly log: OwnLog,
    private readonly messages: MessagesRepository,
  ) {}

  /** @throws ChatError chat/access_denied */
  async save(caller: Caller, chatId: string, { base, text, ...rest }: Wish): Promise<DraftSaved> {
    const { userId } = caller;
    const { joinedAt } = await this.kept.membership(caller, chatId);
    const wished = text === '' ? undefined : { text, ...rest };
    return untilDecided(async () => {
      const last = (await this.kept.newest(userId, chatId, ['draft'])).get(keyOf(chatId, 'draft'));
      const found = draftIn(last);
      const named = wished && { chatId: objectId(chatId), clientMessageId: wished.clientMessageId };
      const sent = await this.messages.sentAmong(
        userId,
        [found, named].filter((one) => one !== undefined),
      );
      const draft = found && isSince(found.entry, joinedAt) && !sent.has(found) ? found.draft : undefined;
      const ownRev = last?.rev ?? 0;
      // What became a message is said to be over once, for devices that hear of the one and not of the other.
      const isSo = wished ? isDeepStrictEqual(draft, wished) : !found;
      if (isSo) {
        this.log.tell(userId, last ? [last] : []);
        return answer(ownRev, true, draft);
      }
      if ((draft && ownRev !== base) || (named && sent.has(named))) return answer(ownRev, false, draft);
      const entry = entryOf(chatId, joinedAt, 'draft', wished ? { draft: wished } : {});
      const { rev } = await this.append(userId, { ...entry, follows: `${chatId} ${ownRev}` });
      return answer(rev, true, wished);
    });
  }

  private async append(userId: string, entry: NewOwnEntry): Promise<OwnEntryDocument> {
    try {
      const [stored] = await this.log.append(userId, [entry]);
      return stored!;
    } catch (error) {
      throw error instanceof SeenBefore ? new Overtaken() : error;
    }
  }
}

const answer = (ownRev: number, saved: boolean, draft: UnsentText | undefined): DraftSaved => ({
  ownRev,
  saved,
  ...(draft && { draft }),
});

import { Injectable } from '@nestjs/common';
import { MembersRepository } from '../access/members.repository.js';
import { ChangeKinds, oneByOne } from '../logs/change-kinds.js';
import { banRecordOf } from './ban-body.js';
import type { BanBody } from './ban-body.js';

declare module '../logs/change-kinds.js' {
  interface ChangeBodies {
    /** Of somebody who is no member: a ban, also another one than before, or the end of it. */
    'ban:changed': { readonly userId: string; readonly isBanned: boolean } & BanBody;
  }
}

/** The changes of bans that change no membership. All are told that there was one, and those who may see it read the list. */
@Injectable()
export class BanChanges {
  constructor(kinds: ChangeKinds, members: MembersRepository) {
    kinds.register('ban:changed', {
      key: () => 'bans',
      apply: oneByOne((change) => {
        const { chatId, rev, body } = change;
        const id = chatId.toHexString();
        if (!body.isBanned) return members.unban(id, body.userId, rev);
        return members.ban(id, body.userId, banRecordOf(change), rev);
      }),
      show: (changes) => Promise.resolve(changes.map(() => ({}))),
    });
  }
}

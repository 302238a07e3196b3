import { expect, it } from 'vitest';
import { systemClock } from '../../kernel/clock.js';
import { stateOf } from '../../logs/overtaken.js';
import { objectId } from '../../store/ids.js';
import { UsableInvites } from './usable-invites.js';

const id = (digit: string) => digit.repeat(24);
const maker = { userId: objectId(id('a')), role: 'owner', joinedAt: new Date(0) };
const invite = {
  _id: objectId(id('b')),
  chatId: objectId(id('c')),
  by: maker.userId,
  memberSince: maker.joinedAt,
  maxUses: 1,
};
const chat = { _id: invite.chatId, type: 'group', ownerId: maker.userId };

it('C11 the last use is taken by another device of the same person at that moment: it is theirs on this one too', async () => {
  let isTaken = false;
  const changes = {
    isCausedBy: () => Promise.resolve(isTaken),
    statesEndedBy: () => {
      isTaken = true;
      return Promise.resolve(new Set([stateOf('use', id('b'), 1)]));
    },
  };
  const parts = [
    { byToken: () => Promise.resolve(invite) },
    { byId: () => Promise.resolve(chat) },
    { everAmong: () => Promise.resolve([]), find: () => Promise.resolve(maker) },
    { disabledAmong: () => Promise.resolve(new Set()) },
    changes,
    systemClock,
  ] as unknown as ConstructorParameters<typeof UsableInvites>;
  await expect(new UsableInvites(...parts).of(id('d'), 'token')).resolves.toMatchObject({ invite });
});

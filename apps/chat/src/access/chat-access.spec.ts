import { EventEmitter } from 'node:events';
import type { Settings } from '@roost/settings';
import { expect, it } from 'vitest';
import type { ClusterEvents } from '../cluster/cluster-events.js';
import type { DeliveryProbe } from '../cluster/delivery-probe.js';
import type { MembershipNews } from '../cluster/membership-news.js';
import { ChatAccess } from './chat-access.js';
import type { ChatsRepository } from './chats.repository.js';
import type { MembersRepository } from './members.repository.js';

const [userId, chatId] = ['a'.repeat(24), 'c'.repeat(24)];

/** A chat whose settings change, and reads of it that are answered when they are told to. */
function scene() {
  const events = new EventEmitter();
  const answers: (() => void)[] = [];
  const stored = { mayPost: 'everyone' };
  const chats = {
    byId: () => {
      const settings = { ...stored };
      return new Promise((answer) => answers.push(() => answer({ type: 'group', settings })));
    },
  };
  const access = new ChatAccess(
    chats as unknown as ChatsRepository,
    { find: () => Promise.resolve({ role: 'member' }) } as unknown as MembersRepository,
    { watch: () => undefined } as unknown as MembershipNews,
    events as unknown as ClusterEvents,
    { current: { state: 'ok' } } as DeliveryProbe,
    { membershipCacheMs: 60_000 } as Settings,
  );
  const post = () =>
    access.forMember({ userId }, chatId, 'send').then(
      () => 'may',
      ({ code }) => code as string,
    );
  const set = (mayPost: string) => {
    stored.mayPost = mayPost;
    events.emit('settings:changed', { chatId });
  };
  return { post, set, answers };
}

it('C6 what was read before the settings changed is forgotten, and asked for once', async () => {
  const { post, set, answers } = scene();
  const first = post();
  answers[0]!();
  expect([await first, await post()]).toEqual(['may', 'may']);
  expect(answers).toHaveLength(1);
  set('admins');
  const later = [post(), post()];
  answers[1]!();
  expect(await Promise.all(later)).toEqual(['chat/role_required', 'chat/role_required']);
  expect([await post(), answers.length]).toEqual(['chat/role_required', 2]);
});

it('C6 nor is it used where it was on its way, by who asks after the change, or later', async () => {
  const { post, set, answers } = scene();
  const before = post();
  set('admins');
  const after = post();
  expect(answers).toHaveLength(2);
  for (const answer of answers) answer();
  expect([await before, await after]).toEqual(['may', 'chat/role_required']);
  expect([await post(), answers.length]).toEqual(['chat/role_required', 2]);
});

import { roles } from '@roost/contract';
import type { Who } from '@roost/contract';
import { describe, expect, it } from 'vitest';
import { mayChangeRole, mayDo, mayRemove, roleOf } from './roles.js';
import { objectId } from '../store/ids.js';

const who = (may: (role: (typeof roles)[number]) => boolean) => roles.filter(may).join(' ');

const changes = (by: (typeof roles)[number]) =>
  roles.flatMap((from) => {
    const to = who((role) => role !== from && mayChangeRole(by, from, role));
    return to === '' ? [] : [`${from}: ${to}`];
  });

describe('roles', () => {
  it('C6 says who may do what', () => {
    expect(who((role) => mayDo(role, 'send'))).toBe('owner admin member');
    expect(who((role) => mayDo(role, 'add members'))).toBe('owner admin');
    expect(who((role) => mayDo(role, 'delete chat'))).toBe('owner');
  });

  it('C6 lets settings give and take what members may, and never what guests and admins may', () => {
    const actions = ['send', 'edit own messages', 'add members', 'change title', 'change settings', 'ban'] as const;
    const mayWith = (given: Who) => {
      const settings = { mayPost: given, mayAddMembers: given, mayEditChat: given, slowModeSeconds: 0 };
      return Object.fromEntries(actions.map((action) => [action, who((role) => mayDo(role, action, settings))]));
    };
    const admins = { 'change settings': 'owner admin', ban: 'owner admin' };
    const [all, some] = ['owner admin member', 'owner admin'];
    expect(mayWith('everyone')).toEqual({
      send: all,
      'edit own messages': all,
      'add members': all,
      'change title': all,
      ...admins,
    });
    expect(mayWith('admins')).toEqual({
      send: some,
      'edit own messages': some,
      'add members': some,
      'change title': some,
      ...admins,
    });
  });

  it('C6 lets an admin remove members and guests, an owner anybody, others nobody', () => {
    expect(who((other) => mayRemove('owner', other))).toBe('owner admin member guest');
    expect(who((other) => mayRemove('admin', other))).toBe('member guest');
    expect(who((other) => mayRemove('member', other))).toBe('');
    expect(who((other) => mayRemove('guest', other))).toBe('');
  });

  it('C6 lets an admin make guests of members and back, the owner anything of anybody else, others nothing', () => {
    expect(changes('owner')).toEqual([
      'admin: owner member guest',
      'member: owner admin guest',
      'guest: owner admin member',
    ]);
    expect(changes('admin')).toEqual(['member: guest', 'guest: member']);
    expect([...changes('member'), ...changes('guest')]).toEqual([]);
  });

  it('C9 lets the chat say who owns it, and only where it does not, the membership', () => {
    const [ada, grace] = [objectId('a'.repeat(24)), objectId('b'.repeat(24))];
    const rolesIn = (chat: Parameters<typeof roleOf>[0]) => [
      roleOf(chat, { userId: ada, role: 'owner' }),
      roleOf(chat, { userId: grace, role: 'member' }),
    ];
    expect(rolesIn({ type: 'group' })).toEqual(['owner', 'member']);
    // A hand-over from Ada to Grace of which no membership has heard.
    expect(rolesIn({ type: 'group', ownerId: grace })).toEqual(['admin', 'owner']);
    expect(rolesIn({ type: 'direct' })).toEqual(['member', 'member']);
  });
});

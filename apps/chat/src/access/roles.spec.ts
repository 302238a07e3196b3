import { roles } from '@roost/contract';
import { describe, expect, it } from 'vitest';
import { mayDo, mayRemove } from './roles.js';

const who = (may: (role: (typeof roles)[number]) => boolean) => roles.filter(may).join(' ');

describe('roles', () => {
  it('C6 says who may do what', () => {
    expect(who((role) => mayDo(role, 'send'))).toBe('owner admin member');
    expect(who((role) => mayDo(role, 'add members'))).toBe('owner admin');
    expect(who((role) => mayDo(role, 'delete chat'))).toBe('owner');
  });

  it('C6 lets an admin remove members and guests, an owner anybody, others nobody', () => {
    expect(who((other) => mayRemove('owner', other))).toBe('owner admin member guest');
    expect(who((other) => mayRemove('admin', other))).toBe('member guest');
    expect(who((other) => mayRemove('member', other))).toBe('');
    expect(who((other) => mayRemove('guest', other))).toBe('');
  });
});

import { expect, it, vi } from 'vitest';
import { describeRefusal, RedisRefusals } from './redis-refusals.js';

const replyError = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });
const noperm = replyError('NOPERM this user has no permissions to access one of the channels');

function refusals({ isCluster = false } = {}) {
  const warn = vi.fn();
  const clock = { nowMs: 0 };
  return { warn, clock, met: new RedisRefusals({ warn }, isCluster, () => clock.nowMs) };
}

it('names the command, the kind and what mends it, once a minute for each', () => {
  const { met, warn, clock } = refusals();
  for (let second = 0; second < 59; second++) {
    clock.nowMs = second * 1_000;
    met.meet(noperm, 'publish');
  }
  expect(met.lasting.map(describeRefusal)).toEqual([
    'redis refuses publish (NOPERM): give the user of Redis the rights that deploy/README.md lists, with ACL SETUSER',
  ]);
  expect(warn).toHaveBeenCalledTimes(1);
  met.meet(noperm, 'subscribe');
  expect(warn).toHaveBeenCalledTimes(2);
});

it('is over when nothing is refused any more', () => {
  const { met, clock } = refusals();
  met.meet(noperm, 'publish');
  clock.nowMs = 5_001;
  expect(met.lasting).toEqual([]);
});

it.each([
  ['an error that is none of Redis', new Error('NOPERM')],
  ['an answer of another kind', replyError('WRONGTYPE Operation against a key')],
  ['no error at all', 'NOPERM'],
])('passes over %s', (_, error) => {
  const { met } = refusals();
  met.meet(error, 'publish');
  expect(met.lasting).toEqual([]);
});

it('MOVED is a refusal of a node that is taken for the only one, and the course of things in a Redis Cluster', () => {
  const moved = replyError('MOVED 7 127.0.0.1:6379');
  const [one, many] = [refusals(), refusals({ isCluster: true })];
  for (const { met } of [one, many]) met.meet(moved, 'ssubscribe');
  expect(one.met.lasting).toMatchObject([{ kind: 'MOVED' }]);
  expect(many.met.lasting).toEqual([]);
});

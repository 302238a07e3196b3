import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { beforeEach, expect, test, vi } from 'vitest';
import { ShardedSubscriber } from './sharded-subscriber.js';

/** A node that grants what it is asked unless told otherwise. */
class FakeNode extends EventEmitter {
  status = 'ready';
  readonly subscribed = new Set<string>();
  answer: () => Promise<void> = () => Promise.resolve();

  async ssubscribe(channel: string): Promise<void> {
    await this.answer();
    this.subscribed.add(channel);
  }

  sunsubscribe(channel: string): Promise<void> {
    this.subscribed.delete(channel);
    return Promise.resolve();
  }

  disconnect(): void {
    this.status = 'end';
    this.emit('close');
  }
}

const nodes = { a: new FakeNode(), b: new FakeNode() };
const placeBySlot: ('a' | 'b')[] = [];
let subscriber: ShardedSubscriber;

/** The slot of a channel is its number. */
beforeEach(() => {
  Object.assign(nodes, { a: new FakeNode(), b: new FakeNode() });
  placeBySlot.splice(0, 2, 'a', 'b');
  const shards = { slotOf: Number, placeOf: (slot: number) => placeBySlot[slot] };
  const connect = (place: string) => nodes[place as 'a' | 'b'] as unknown as Redis;
  subscriber = new ShardedSubscriber(shards, connect, 20);
});

const refuse = () => Promise.reject(new Error('MOVED'));
const subscribedAt = (place: 'a' | 'b') => Array.from(nodes[place].subscribed);

test('each channel is asked for at the node that serves it, and is confirmed when that says so', async () => {
  subscriber.ssubscribe('0');
  subscriber.ssubscribe('1');
  await subscriber.confirmed(['0', '1']);
  expect([subscribedAt('a'), subscribedAt('b')]).toEqual([['0'], ['1']]);
});

test('a channel follows its slot to another node; a node that serves nothing any more is let go in silence', async () => {
  const closed = vi.fn();
  subscriber.on('close', closed);
  subscriber.ssubscribe('1');
  placeBySlot[1] = 'a';
  subscriber.follow();
  await subscriber.confirmed(['1']);
  expect([subscribedAt('a'), nodes.b.status]).toEqual([['1'], 'end']);
  expect(closed).not.toHaveBeenCalled();
});

test('what is refused is asked for again, where it is now, as long as it is wanted', async () => {
  vi.useFakeTimers();
  try {
    nodes.b.answer = refuse;
    placeBySlot[0] = 'b';
    for (const channel of ['0', '1']) subscriber.ssubscribe(channel);
    await subscriber.confirmed(['0', '1']);
    subscriber.sunsubscribe('0');
    placeBySlot[1] = 'a';
    await vi.runAllTimersAsync();
    expect([subscribedAt('a'), subscribedAt('b')]).toEqual([['1'], []]);
  } finally {
    vi.useRealTimers();
  }
});

test('a node that comes back is asked for all its channels', async () => {
  nodes.a.status = 'reconnecting';
  nodes.a.answer = refuse;
  subscriber.ssubscribe('0');
  await subscriber.confirmed(['0']);
  const back = new Promise((resolve) => subscriber.once('ready', resolve));
  Object.assign(nodes.a, { status: 'ready', answer: () => Promise.resolve() });
  nodes.a.emit('ready');
  await back;
  await subscriber.confirmed(['0']);
  expect(subscribedAt('a')).toEqual(['0']);
});

test('a node that does not answer holds nobody up for long', async () => {
  nodes.a.answer = () => new Promise(() => undefined);
  subscriber.ssubscribe('0');
  await subscriber.confirmed(['0']);
  expect(subscribedAt('a')).toEqual([]);
});

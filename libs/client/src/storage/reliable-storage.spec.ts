import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../test/support/manual-clock.js';
import { MemoryStorage } from './memory-storage.js';
import { ReliableStorage } from './reliable-storage.js';

/** A disk that is full when a test says so. */
class Disk extends MemoryStorage {
  trouble: 'full' | 'silent' | undefined;
  attempts = 0;

  override put(key: string, value: unknown): Promise<void> {
    return this.write(() => super.put(key, value));
  }

  override remove(key: string): Promise<void> {
    return this.write(() => super.remove(key));
  }

  async all(): Promise<object> {
    return Object.fromEntries(await this.load());
  }

  private write(work: () => Promise<void>): Promise<void> {
    this.attempts++;
    if (this.trouble === 'silent') return new Promise(() => {});
    return this.trouble === 'full' ? Promise.reject(new Error('no space left')) : work();
  }
}

function start() {
  const disk = new Disk();
  const clock = new ManualClock();
  const told: (string | undefined)[] = [];
  const storage = new ReliableStorage(disk, clock, (error) => told.push(error?.message));
  return { disk, clock, told, storage };
}

describe('a storage that fails', () => {
  it('is told of once, and is left alone for a while', async () => {
    const { disk, clock, told, storage } = start();
    disk.trouble = 'full';
    await storage.put('one', 1);
    await storage.put('two', 2);
    await storage.remove('one');
    expect([told, disk.attempts]).toEqual([['no space left'], 1]);
    await clock.advance(10_000);
    await storage.put('three', 3);
    await storage.put('four', 4);
    expect([told, disk.attempts]).toEqual([['no space left'], 2]);
  });

  it('gets all that it has missed, the newest of each, when it works again', async () => {
    const { disk, clock, told, storage } = start();
    await storage.put('old', 'as it was');
    await storage.put('gone', 'as it was');
    disk.trouble = 'full';
    await storage.put('new', 1);
    await storage.put('old', 2);
    await storage.put('old', 3);
    await storage.remove('gone');
    disk.trouble = undefined;
    await clock.advance(10_000);
    await storage.put('last', 4);
    await settle();
    expect(await disk.all()).toEqual({ new: 1, old: 3, last: 4 });
    expect(told).toEqual(['no space left', undefined]);
    await storage.put('after', 5);
    expect(await disk.all()).toMatchObject({ after: 5 });
  });

  it('that has no room for a chat keeps what somebody wrote, when it is tried again', async () => {
    const { disk, clock, told, storage } = start();
    const put = disk.put.bind(disk);
    disk.put = (key, value) => (key === 'chat/large' ? Promise.reject(new Error('no space left')) : put(key, value));
    await storage.put('chat/large', 'large');
    await storage.put('draft/one', 'Hello');
    await clock.advance(10_000);
    await storage.put('draft/two', 'Bye');
    await settle();
    expect(await disk.all()).toEqual({ 'draft/one': 'Hello', 'draft/two': 'Bye' });
    expect(told).toEqual(['no space left']);
  });

  it('has what is put while it gets what it has missed', async () => {
    const { disk, clock, told, storage } = start();
    disk.trouble = 'silent';
    const first = storage.put('one', 'first');
    await clock.advance(5_000);
    await first;
    expect(told).toEqual(['The storage did not answer']);
    disk.trouble = undefined;
    await clock.advance(10_000);
    await storage.put('two', 'second');
    await storage.put('one', 'third');
    await settle();
    expect(await disk.all()).toEqual({ one: 'third', two: 'second' });
  });

  it('that fails again while it gets what it has missed keeps what is left for the next time', async () => {
    const { disk, clock, told, storage } = start();
    disk.trouble = 'full';
    await storage.put('one', 1);
    await clock.advance(10_000);
    await storage.put('two', 2);
    disk.trouble = undefined;
    await clock.advance(10_000);
    await storage.put('three', 3);
    await settle();
    expect(await disk.all()).toEqual({ one: 1, two: 2, three: 3 });
    expect(told).toEqual(['no space left', undefined]);
  });
});

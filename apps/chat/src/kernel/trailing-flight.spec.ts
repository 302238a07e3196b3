import { describe, expect, it } from 'vitest';
import { TrailingFlight } from './trailing-flight.js';

/** A read that ends when the test says so, with its number. */
function reading() {
  const ends: ((failure?: Error) => void)[] = [];
  const read = () =>
    new Promise<number>((resolve, reject) => {
      const number = ends.length + 1;
      ends.push((failure) => (failure ? reject(failure) : resolve(number)));
    });
  return { ends, read };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('TrailingFlight', () => {
  it('answers all who ask during a read with one read that begins after it', async () => {
    const { ends, read } = reading();
    const shared = new TrailingFlight<number>();
    const first = shared.get('a', read);
    const later = [shared.get('a', read), shared.get('a', read), shared.get('a', read)];
    ends[0]?.();
    expect(await first).toBe(1);
    await turn();
    ends[1]?.();
    expect(await Promise.all(later)).toEqual([2, 2, 2]);
    expect(shared.reads).toBe(2);
  });

  it('begins anew for who asks after the end', async () => {
    const { ends, read } = reading();
    const shared = new TrailingFlight<number>();
    const first = shared.get('a', read);
    ends[0]?.();
    await first;
    await turn();
    const second = shared.get('a', read);
    ends[1]?.();
    expect(await second).toBe(2);
  });

  it('keeps keys apart', async () => {
    const { ends, read } = reading();
    const shared = new TrailingFlight<number>();
    const both = [shared.get('a', read), shared.get('b', read)];
    ends.forEach((end) => end());
    expect(await Promise.all(both)).toEqual([1, 2]);
  });

  it('goes on after a read that failed', async () => {
    const { ends, read } = reading();
    const shared = new TrailingFlight<number>();
    const first = shared.get('a', read);
    const second = shared.get('a', read);
    ends[0]?.(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await turn();
    ends[1]?.();
    expect(await second).toBe(2);
  });
});

import { describe, expect, it } from 'vitest';
import { BatchedReads } from './batched-reads.js';

/** Reads that end when the test says so. */
function reading(keysMax = 10) {
  const batches: (readonly string[])[] = [];
  const ends: ((failure?: Error) => void)[] = [];
  const reads = new BatchedReads<string, string>({
    idOf: (key) => key,
    keysMax,
    read: (keys) =>
      new Promise((resolve, reject) => {
        const number = batches.push(keys);
        const found = new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, `${key}${number}`]));
        ends.push((failure) => (failure ? reject(failure) : resolve(found)));
      }),
  });
  return { reads, batches, ends };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const listed = (found: Map<string, string>) => [...found.values()];

describe('BatchedReads', () => {
  it('reads what is asked for in a turn together, each key once', async () => {
    const { reads, batches, ends } = reading();
    const answers = [reads.of(['a', 'b']), reads.of(['b', 'c', 'nobody'])];
    await turn();
    expect(batches).toEqual([['a', 'b', 'c', 'nobody']]);
    ends[0]?.();
    expect((await Promise.all(answers)).map(listed)).toEqual([
      ['a1', 'b1'],
      ['b1', 'c1'],
    ]);
  });

  it('begins after all who share it have asked: who comes during a read waits for a later one', async () => {
    const { reads, batches, ends } = reading();
    const first = [reads.of(['a'])];
    await turn();
    first.push(reads.of(['b']));
    await turn();
    const later = [reads.of(['a']), reads.of(['b', 'c'])];
    await turn();
    expect(batches).toEqual([['a'], ['b']]);
    ends[0]?.();
    expect(listed(await first[0]!)).toEqual(['a1']);
    await turn();
    expect(batches[2]).toEqual(['a', 'b', 'c']);
    ends[1]?.();
    ends[2]?.();
    expect((await Promise.all(later)).map(listed)).toEqual([['a3'], ['b3', 'c3']]);
  });

  it('reads no more keys at once than it may', async () => {
    const { reads, batches, ends } = reading(2);
    const answer = reads.of(['a', 'b', 'c']);
    await turn();
    expect(batches).toEqual([['a', 'b'], ['c']]);
    ends.forEach((end) => end());
    expect(listed(await answer)).toEqual(['a1', 'b1', 'c2']);
  });

  it('tells a failure to those who asked for that, and goes on', async () => {
    const { reads, ends } = reading(1);
    const [failed, fine] = [reads.of(['a']), reads.of(['b'])];
    await turn();
    ends[0]?.(new Error('away'));
    ends[1]?.();
    await expect(failed).rejects.toThrow('away');
    expect(listed(await fine)).toEqual(['b2']);
    const next = reads.of(['a']);
    await turn();
    ends[2]?.();
    expect(listed(await next)).toEqual(['a3']);
  });
});

import { expect, it } from 'vitest';
import { CombinedInserts } from './combined-inserts.js';

/** Inserts that end when the test says so. */
function inserting() {
  const batches: string[][] = [];
  const ends: ((refused?: readonly unknown[]) => void)[] = [];
  const fails: ((error: Error) => void)[] = [];
  const inserts = new CombinedInserts<string>((documents) => {
    batches.push([...documents]);
    return new Promise((resolve, reject) => {
      ends.push((refused) => resolve(refused ?? documents.map(() => undefined)));
      fails.push(reject);
    });
  });
  return { inserts, batches, ends, fails };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('sends at once where little is under way, and together what was asked for meanwhile', async () => {
  const { inserts, batches, ends } = inserting();
  const all = ['a', 'b', 'c', 'd', 'e'].map((document) => inserts.add(document));
  expect(batches).toEqual([['a'], ['b']]);
  ends[0]?.();
  await turn();
  expect(batches).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
  ends[1]?.();
  ends[2]?.();
  await Promise.all(all);
});

it('tells each what became of its own document', async () => {
  const { inserts, ends } = inserting();
  const [first, , ...later] = ['a', 'b', 'c', 'd'].map((document) => inserts.add(document));
  ends[0]?.();
  await first;
  await turn();
  ends[2]?.([new Error('taken'), undefined]);
  await expect(later[0]).rejects.toThrow('taken');
  await expect(later[1]).resolves.toBeUndefined();
});

it('fails all of an insert that got no answer, and goes on', async () => {
  const { inserts, ends, fails } = inserting();
  const [first, second] = [inserts.add('a'), inserts.add('b')];
  const third = inserts.add('c');
  fails[0]?.(new Error('no answer'));
  await expect(first).rejects.toThrow('no answer');
  await turn();
  ends[1]?.();
  ends[2]?.();
  await expect(Promise.all([second, third])).resolves.toBeDefined();
});

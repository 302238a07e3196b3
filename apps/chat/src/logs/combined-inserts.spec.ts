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

it('sends together what was asked for in one turn, and what was asked for meanwhile', async () => {
  const { inserts, batches, ends } = inserting();
  const all = ['a', 'b'].map((document) => inserts.add(document));
  expect(batches).toEqual([]);
  await turn();
  all.push(...['c', 'd', 'e'].map((document) => inserts.add(document)));
  await turn();
  expect(batches).toEqual([['a', 'b']]);
  ends[0]?.();
  await all[0];
  await turn();
  expect(batches).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e'],
  ]);
  ends[1]?.();
  await Promise.all(all);
});

it('tells each what became of its own document', async () => {
  const { inserts, ends } = inserting();
  const [first, second] = ['a', 'b'].map((document) => inserts.add(document));
  await turn();
  ends[0]?.([new Error('taken'), undefined]);
  await expect(first).rejects.toThrow('taken');
  await expect(second).resolves.toBeUndefined();
});

it('fails all of an insert that got no answer and all that came meanwhile, and goes on', async () => {
  const { inserts, ends, fails } = inserting();
  const failed = [inserts.add('a'), inserts.add('b')];
  await turn();
  failed.push(inserts.add('c'));
  fails[0]?.(new Error('no answer'));
  for (const one of failed) await expect(one).rejects.toThrow('no answer');
  const next = inserts.add('d');
  await turn();
  ends[1]?.();
  await expect(next).resolves.toBeUndefined();
});

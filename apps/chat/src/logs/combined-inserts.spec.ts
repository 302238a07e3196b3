import { expect, it } from 'vitest';
import { SystemClock } from '../kernel/clock.js';
import { CombinedInserts } from './combined-inserts.js';
import type { CombinedInsertsOptions, Stored } from './combined-inserts.js';

/** Commands that end when the test says so. */
function inserting(options: CombinedInsertsOptions = {}) {
  const commands: { readonly kind: 'unordered' | 'ordered'; readonly documents: string }[] = [];
  const ends: ((answer?: unknown) => void)[] = [];
  const fails: ((error: Error) => void)[] = [];
  const command =
    <Answer>(kind: 'unordered' | 'ordered', whole: (count: number) => Answer) =>
    (documents: readonly string[]) => {
      commands.push({ kind, documents: documents.join('') });
      return new Promise<Answer>((resolve, reject) => {
        ends.push((answer) => resolve((answer ?? whole(documents.length)) as Answer));
        fails.push(reject);
      });
    };
  const inserts = new CombinedInserts<string>(
    {
      unordered: command<readonly unknown[]>('unordered', () => []),
      ordered: command<Stored>('ordered', (count) => ({ count })),
    },
    options,
  );
  return { inserts, commands, ends, fails };
}

/** Two: what ends in one turn makes room for what is sent at the end of the next. */
async function turn(): Promise<void> {
  for (let count = 0; count < 2; count++) await new Promise((resolve) => setImmediate(resolve));
}

it('sends together what was asked for in one turn, and at most so many commands at a time', async () => {
  const { inserts, commands, ends } = inserting({ atOnceMax: 2 });
  const all = ['a', 'b'].map((document) => inserts.add([document]));
  expect(commands).toEqual([]);
  await turn();
  all.push(inserts.add(['c']));
  await turn();
  all.push(...['d', 'e'].map((document) => inserts.add([document])));
  await turn();
  expect(commands.map(({ documents }) => documents)).toEqual(['ab', 'c']);
  ends[1]?.();
  await all[2];
  await turn();
  expect(commands.map(({ documents }) => documents)).toEqual(['ab', 'c', 'de']);
  ends[0]?.();
  ends[2]?.();
  expect(await Promise.all(all)).toEqual(all.map(() => ({ count: 1 })));
});

it('sends runs in order and apart from single ones, those that wait longest first', async () => {
  const { inserts, commands, ends } = inserting({ atOnceMax: 1 });
  const first = inserts.add(['x']);
  await turn();
  const all = [['a', 'b'], ['c'], ['d', 'e'], ['f']].map((documents) => inserts.add(documents));
  for (const end of [0, 1, 2]) {
    await turn();
    ends[end]?.();
    await turn();
  }
  await Promise.all([first, ...all]);
  expect(commands.slice(1)).toEqual([
    { kind: 'ordered', documents: 'abde' },
    { kind: 'unordered', documents: 'cf' },
  ]);
});

it('tells each what became of its own document', async () => {
  const { inserts, ends } = inserting();
  const [first, second] = ['a', 'b'].map((document) => inserts.add([document]));
  await turn();
  ends[0]?.(['taken', undefined]);
  expect(await first).toEqual({ count: 0, refused: 'taken' });
  expect(await second).toEqual({ count: 1 });
});

it('tells each run how far it came; those behind a refused document go out with the next command', async () => {
  const { inserts, commands, ends } = inserting({ atOnceMax: 1 });
  const [first, second, third] = [
    ['a', 'b'],
    ['c', 'd', 'e'],
    ['f', 'g'],
  ].map((run) => inserts.add(run));
  await turn();
  ends[0]?.({ count: 3, refused: 'taken' });
  expect(await first).toEqual({ count: 2 });
  expect(await second).toEqual({ count: 1, refused: 'taken' });
  const fourth = inserts.add(['h', 'i']);
  await turn();
  expect(commands[1]).toEqual({ kind: 'ordered', documents: 'fghi' });
  ends[1]?.();
  expect(await Promise.all([third, fourth])).toEqual([{ count: 2 }, { count: 2 }]);
});

const run = (length: number) => Array.from({ length }, () => '.');

it('bounds a command, and sends a long run by itself', async () => {
  const { inserts, commands } = inserting({ atOnceMax: 9 });
  for (const length of [60, 60, 40, 200, 2]) void inserts.add(run(length));
  await turn();
  expect(commands.map(({ documents }) => documents.length)).toEqual([60, 100, 200, 2]);
});

it('fails all of a command that got no answer and nobody else', async () => {
  const { inserts, ends, fails } = inserting({ atOnceMax: 2 });
  const failed = [inserts.add(['a']), inserts.add(['b'])];
  await turn();
  const other = inserts.add(['c']);
  await turn();
  const waiting = inserts.add(['d']);
  fails[0]?.(new Error('no answer'));
  for (const one of failed) await expect(one).rejects.toThrow('no answer');
  await turn();
  ends[1]?.();
  ends[2]?.();
  expect(await Promise.all([other, waiting])).toEqual([{ count: 1 }, { count: 1 }]);
});

it('tells who has waited long for a command without an answer the same, instead of letting them wait for another', async () => {
  let now = 0;
  const { inserts, ends, fails } = inserting({
    atOnceMax: 1,
    patienceMs: 100,
    clock: Object.assign(new SystemClock(), { nowMs: () => now }),
  });
  const first = inserts.add(['a']);
  await turn();
  const weary = [inserts.add(['b']), inserts.add(['c', 'd'])];
  now = 100;
  const fresh = inserts.add(['e']);
  fails[0]?.(new Error('no answer'));
  for (const one of [first, ...weary]) await expect(one).rejects.toThrow('no answer');
  await turn();
  ends[1]?.();
  expect(await fresh).toEqual({ count: 1 });
});

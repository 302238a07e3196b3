import { expect, test } from 'vitest';
import { SingleFlight } from './single-flight.js';

/** Work that ends when told to. */
function work() {
  const answers: ((answer: string) => void)[] = [];
  return { answers, begin: () => new Promise<string>((resolve) => answers.push(resolve)) };
}

const failing = () => Promise.reject(new Error('away'));

test('who asks meanwhile gets the same answer, in the order of asking; who asks later a new one', async () => {
  const flights = new SingleFlight<string>();
  const { answers, begin } = work();
  const order: number[] = [];
  const asked = [1, 2, 3].map(async (place) => {
    const answer = await flights.run('ada', begin);
    order.push(place);
    return answer;
  });
  expect(answers).toHaveLength(1);
  answers[0]?.('first');
  expect(await Promise.all(asked)).toEqual(['first', 'first', 'first']);
  expect(order).toEqual([1, 2, 3]);

  void flights.run('ada', begin);
  void flights.run('grace', begin);
  expect(answers).toHaveLength(3);
});

test('a failure reaches all who asked, and is not kept', async () => {
  const flights = new SingleFlight<string>();
  const asked = [flights.run('ada', failing), flights.run('ada', failing)];
  for (const one of asked) await expect(one).rejects.toThrow('away');
  await expect(flights.run('ada', () => Promise.resolve('back'))).resolves.toBe('back');
});

test('after forget nobody gets the answer that was under way, and that answer disturbs nothing', async () => {
  const flights = new SingleFlight<string>();
  const { answers, begin } = work();
  const current: boolean[] = [];
  const old = flights.run('ada', async (isCurrent) => {
    const answer = await begin();
    current.push(isCurrent());
    return answer;
  });
  const other = flights.run('grace', begin);
  flights.forget('ada');
  const fresh = flights.run('ada', begin);
  answers[0]?.('old');
  expect(await old).toBe('old');
  expect(current).toEqual([false]);
  expect(flights.run('ada', begin)).toBe(fresh);
  expect(flights.run('grace', begin)).toBe(other);
});

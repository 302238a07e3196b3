import { expect, it } from 'vitest';
import { Listeners } from './listeners.js';

it('tells each that was added, and none that was removed, be it by one that was told before it in this turn', () => {
  const listeners = new Listeners<string>();
  const told: string[] = [];
  const ends: (() => void)[] = [];
  listeners.add((value) => {
    told.push(`first ${value}`);
    for (const end of ends) end();
  });
  ends.push(listeners.add((value) => told.push(`second ${value}`)));
  listeners.add((value) => told.push(`third ${value}`));
  listeners.tell('a');
  listeners.tell('b');
  expect(told).toEqual(['first a', 'third a', 'first b', 'third b']);
});

it('a function that was added twice is told twice, and each end ends one', () => {
  const listeners = new Listeners<number>();
  let count = 0;
  const add = () => listeners.add((by) => (count += by));
  const end = add();
  add();
  listeners.tell(1);
  end();
  listeners.tell(10);
  expect(count).toBe(12);
});

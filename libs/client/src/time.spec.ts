import { expect, it } from 'vitest';
import { ManualClock } from '../test/support/manual-clock.js';
import { steady } from './time.js';

it('a steady clock goes on where the one below is set back, and as fast as that', async () => {
  const below = new ManualClock(1_000_000);
  const { clock } = steady({ clock: below, random: () => 0 });
  const times = [clock.now()];
  for (const setMs of [-3_600_000, 50, -20, 3_600_000]) {
    below.standStill(setMs);
    times.push(clock.now());
  }
  await below.advance(7);
  times.push(clock.now());
  expect(times).toEqual([1_000_000, 1_000_000, 1_000_050, 1_000_050, 4_600_050, 4_600_057]);
});

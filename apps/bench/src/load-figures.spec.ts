import { expect, test } from 'vitest';
import { limitNotes, loadRows } from './load-figures.js';
import type { Cost } from './meter.js';
import type { Loaded } from './rounds.js';

/** Ten seconds in which 1,000 sends were acknowledged, and 10 more after them. */
function loaded(cost: Partial<Cost> = {}, max = 90): Loaded {
  return {
    load: {
      seconds: 10,
      acknowledgedInTime: 1_000,
      deliveredInTime: 20_000,
      acknowledged: 1_010,
      delivered: 20_200,
      refused: {},
      unanswered: 0,
      acknowledgementMs: { p50: 5, p99: 40, max },
    },
    cost: {
      wallMs: 10_000,
      cpuMs: { replicas: 2_020, redis: 101, store: Number.NaN, generator: 500 },
      replicaCores: 1,
      busy: { replicas: 0.25, others: 0.5 },
      ...cost,
    },
  };
}

test('rates are over the time of sending, CPU over all that was acknowledged, and a max is that of the worst round', () => {
  const rows = loadRows([{ ours: loaded() }, { ours: loaded({}, 700) }], 'hot: ');
  expect(Object.fromEntries(rows.map(({ what, values }) => [what, values['ours']]))).toEqual({
    'hot: acknowledged sends': 100,
    'hot: deliveries': 2_000,
    'hot: replica CPU of a send': 2_000,
    'hot: redis CPU of a send': 100,
    'hot: store CPU of a send': Number.NaN,
    'hot: acknowledgement, p50': 5,
    'hot: acknowledgement, p99': 40,
    'hot: acknowledgement, max': 700,
  });
});

test.each<[Partial<Cost>, string]>([
  [{}, 'waiting was the limit'],
  [{ busy: { replicas: 0.25, others: 0.95 } }, 'THE OTHER CORES WERE THE LIMIT'],
  [{ wallMs: 2_100 }, 'the replicas were the limit'],
  [{ wallMs: 2_100, replicaCores: 3 }, 'waiting was the limit'],
])('with %j: %s', (cost, limit) => {
  expect(limitNotes([{ ours: loaded(cost) }])).toEqual([expect.stringContaining(`ours: ${limit}`)]);
});

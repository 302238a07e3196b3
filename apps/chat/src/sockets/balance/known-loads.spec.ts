import { expect, it } from 'vitest';
import { KnownLoads } from './known-loads.js';

const load = (replica: string, sockets: number) => ({ replica, sockets, isFit: true });

it('G7 a replica counts as long as it is heard, with what it said last', () => {
  const loads = new KnownLoads();
  loads.heard(load('b', 1), 0);
  loads.heard(load('a', 5), 0);
  loads.heard(load('b', 2), 3_000);
  expect(loads.fresh(3_500).map(({ replica, sockets }) => [replica, sockets])).toEqual([
    ['a', 5],
    ['b', 2],
  ]);
  expect(loads.fresh(3_501).map(({ replica }) => replica)).toEqual(['b']);
});

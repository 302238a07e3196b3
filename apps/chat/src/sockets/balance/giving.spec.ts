import { describe, expect, it } from 'vitest';
import { Giving } from './giving.js';
import type { Look } from './giving.js';

const look = (own: number, others: readonly number[], more: Partial<Look> = {}): Look => ({
  shares: { own, others, moving: 0 },
  replicas: 'b c',
  areFit: true,
  ...more,
});
const after = (giving: Giving, ...looks: Look[]) => looks.map((one) => giving.look(one));

describe('G7 giving', () => {
  it('begins with the third look that finds it uneven, goes on below the tolerance, and ends where it is even', () => {
    const giving = new Giving();
    expect(after(giving, look(120, [90, 90]), look(120, [90, 90]), look(120, [90, 90]))).toEqual([0, 0, 20]);
    expect(after(giving, look(104, [98, 98]), look(100, [100, 100]), look(104, [98, 98]))).toEqual([4, 0, 0]);
  });

  it('goes on while somebody who was asked is not elsewhere yet', () => {
    const giving = new Giving();
    const moving = look(100, [90, 90]);
    after(giving, look(120, [90, 90]), look(120, [90, 90]), look(120, [90, 90]));
    expect(after(giving, { ...moving, shares: { ...moving.shares, moving: 20 } })).toEqual([0]);
    expect(giving.isGiving).toBe(true);
  });

  it('begins anew where a look finds it even, and where a replica comes or goes', () => {
    const uneven = look(120, [90, 90]);
    expect(after(new Giving(), uneven, uneven, look(100, [100, 100]), uneven, uneven)).toEqual([0, 0, 0, 0, 0]);
    const other = look(120, [90, 90, 0], { replicas: 'b c d' });
    expect(after(new Giving(), uneven, uneven, other, other, other)).toEqual([0, 0, 0, 0, 45]);
  });

  it('stops at once, and begins anew, where a replica is draining, unready or degraded', () => {
    const giving = new Giving();
    const uneven = look(120, [90, 90]);
    expect(after(giving, uneven, uneven, uneven, look(120, [90, 90], { areFit: false }), uneven)).toEqual([
      0, 0, 20, 0, 0,
    ]);
    expect(giving.isGiving).toBe(false);
  });
});

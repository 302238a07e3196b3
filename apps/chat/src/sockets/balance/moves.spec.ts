import { expect, it } from 'vitest';
import { Moves } from './moves.js';

const asked = () => {
  const moves = new Moves(1_000, 600_000);
  moves.asked({ socketId: 'socket', sessionId: 'session' }, 0);
  return moves;
};

it('G7 who was asked is under way until the replica that it went to has said so, or it has stayed', () => {
  const moves = asked();
  expect(moves.underWay(100)).toEqual({ here: 1, all: 1 });
  expect(moves.left('socket', 200)).toBe(true);
  expect(moves.underWay(1_200)).toEqual({ here: 0, all: 1 });
  expect(moves.underWay(1_201)).toEqual({ here: 0, all: 0 });
  const staying = asked();
  expect(staying.underWay(10_001)).toEqual({ here: 0, all: 0 });
  expect(staying.left('socket', 20_000)).toBe(false);
});

it('G7 who comes back soon has returned, once; later it is somebody who came by chance', () => {
  const moves = asked();
  expect([moves.isReturn('other', 50), moves.isReturn('session', 50), moves.isReturn('session', 60)]).toEqual([
    false,
    true,
    false,
  ]);
  expect(asked().isReturn('session', 30_001)).toBe(false);
  expect(moves.wasAsked('session')).toBe(true);
});

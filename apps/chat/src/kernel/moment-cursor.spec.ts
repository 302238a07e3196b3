import { describe, expect, it } from 'vitest';
import { fromCursor, toCursor } from './moment-cursor.js';

describe('cursor of a list by moment', () => {
  it('comes back as the place it was made of', () => {
    const place = { at: new Date('2026-01-02T03:04:05.678Z'), id: 'a'.repeat(24) };
    expect(fromCursor(toCursor(place))).toEqual(place);
  });

  it.each(['x', '', Buffer.from('1.zz').toString('base64url'), Buffer.from('{"$gt":1}').toString('base64url')])(
    'A3 %j is refused',
    (cursor) => {
      expect(() => fromCursor(cursor)).toThrow(
        expect.objectContaining({
          code: 'request/invalid',
          extras: { details: [{ path: 'cursor', message: 'is not a cursor of this list' }] },
        }),
      );
    },
  );
});

import { expect, test } from 'vitest';
import { looksOf, Names } from './names.js';

const person = (id: string, displayName: string) => ({ id: id.padStart(24, '0'), displayName });

test.each([
  ['Mark', 'M\u0430rk'], // a Cyrillic a
  ['user', 'us\u0435r'],
  ['Ian Clarke', '\u0399an Clarke'], // a Greek iota
  ['limes11', 'Iimes11'],
  ['Grace', 'GRACE'],
  ['Ada', '\uff21\uff44\uff41'], // full width
  ['\u2764', '\u2764\ufe0f'], // as text and as an emoji
  ['Coco', '\u0421\u043e\u0441\u043e'], // Cyrillic throughout
])('C8 %s and %s look the same', (one, other) => {
  expect(looksOf(other)).toBe(looksOf(one));
});

test.each([
  ['Jose', 'Jos\u00e9'],
  ['Ada', 'Eda'],
  ['\u0410\u043d\u043d\u0430', 'Anna'],
])('C8 %s and %s do not', (one, other) => {
  expect(looksOf(other)).not.toBe(looksOf(one));
});

test('C8 whose names look the same are told apart by their ids, and nobody else is', () => {
  const [mark, other, ada] = [person('aaa111', 'Mark'), person('bbb222', 'M\u0430rk'), person('ccc333', 'Ada')];
  const names = new Names([mark, other, ada, mark]);
  expect([mark, other, ada].map((one) => names.tagOf(one))).toEqual(['aaa111', 'bbb222', undefined]);
  expect(names.key).toBe(new Names([mark, ada, other]).key);
  expect(names.key).not.toBe(new Names([mark, ada]).key);
});

test('C8 where the ends of their ids are the same, by as many digits as it takes', () => {
  const [one, two] = [person('1cccccc', 'Mark'), person('2cccccc', 'Mark')];
  const names = new Names([one, two]);
  expect(names.tagOf(one)).toBe('000001cccccc');
  expect(names.tagOf(two)).toBe('000002cccccc');
});

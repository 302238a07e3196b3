import { expect, test } from 'vitest';
import { interpolate } from '../../deploy/check/interpolate.mjs';

test.each([
  ['${A}', { A: 'one' }, 'one'],
  ['${A}', {}, ''],
  ['${A:-two}', { A: '' }, 'two'],
  ['${A-two}', { A: '' }, ''],
  ['http://localhost:${A:-80${B:-80}}/', { B: '90' }, 'http://localhost:8090/'],
  ['$${A}', { A: 'one' }, '${A}'],
])('%s with %o is %s, as Compose has it', (text, env, filled) => {
  expect(interpolate({ list: [text, 1, null] }, env)).toEqual({ list: [filled, 1, null] });
});

test('a variable that has to be set is named', () => {
  expect(() => interpolate('${A:?is not set}', { A: '' })).toThrow(
    'required variable A is missing a value: is not set',
  );
  expect(interpolate('${A?is not set}', { A: '' })).toBe('');
});

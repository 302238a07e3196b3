import { expect, it } from 'vitest';
import { nameWordsOf } from './name-words.js';

it.each([
  ['Ada Lovelace', ['ada', 'lovelace']],
  ['José  Núñez-O’Brien', ['jose', 'nunez', 'o', 'brien']],
  ['  Łukasz  ', ['łukasz']],
  ['李雷 李雷', ['李雷']],
  ['.* $gt', ['gt']],
  ['🦊', ['🦊']],
  ['Ada🦊 ❤️', ['ada', '🦊', '❤']],
  ['👩🏽‍💻👩‍👩‍👧', ['👩', '💻', '👧']],
  ['🇩🇪🇦🇹', ['🇩🇪', '🇦🇹']],
  ['!!! (._.)', ['!!!', '(._.)']],
  [' \u0301 ', []],
])('%s has the words %j', (name, words) => {
  expect(nameWordsOf(name)).toEqual(words);
});

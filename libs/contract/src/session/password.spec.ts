import { expect, it } from 'vitest';
import { limits } from '../base/limits.js';
import { chosenPassword, opaqueString, presentedPassword } from './password.js';

const isChosen = (password: string) => chosenPassword.safeParse(password).success;
const isPresented = (password: string) => presentedPassword.safeParse(password).success;

it.each([
  ['accents are composed', 'cre\u0300me bru\u0302le\u0301e', 'cr\u00e8me br\u00fbl\u00e9e'],
  ['syllables are composed', '\u1112\u1161\u11ab', '\u{d55c}'],
  ['spaces of every kind are U+0020', 'a\u00a0b\u3000c\u2003d', 'a b c d'],
  ['spaces are not trimmed', '  a  b ', '  a  b '],
  ['case stays', 'AbC', 'AbC'],
  ['width stays', '\uff21\uff11', '\uff21\uff11'],
])('of a password %s', (_what, typed, prepared) => {
  expect(opaqueString(typed)).toBe(prepared);
  expect(opaqueString(prepared)).toBe(prepared);
});

it('its length is counted in characters, after composition', () => {
  const max = limits.passwordMaxChars;
  for (const fine of ['12345678', 'e\u0301'.repeat(8), '🦊'.repeat(8), 'e\u0301'.repeat(max), '🦊'.repeat(max)])
    expect(isChosen(fine)).toBe(true);
  for (const wrong of ['1234567', 'e\u0301'.repeat(7), '🦊'.repeat(4), 'e\u0301'.repeat(max + 1), 'a'.repeat(max + 1)])
    expect(isChosen(wrong)).toBe(false);
  expect(isPresented('e\u0301'.repeat(max))).toBe(true);
  for (const wrong of ['', 'e\u0301'.repeat(max + 1), 'a'.repeat(100_000)]) expect(isPresented(wrong)).toBe(false);
});

it.each([
  ['a tab', '\t'],
  ['a line break', '\n'],
  ['NUL', '\0'],
  ['a soft hyphen', '\u00ad'],
  ['a zero-width space', '\u200b'],
  ['half a character', '\ud83e'],
])('one with %s is not taken as a new one, and still signs in who has it', (_what, character) => {
  const { error } = chosenPassword.safeParse(`pass${character}word`);
  expect(error?.issues.map(({ message }) => message)).toEqual(['must not contain control or invisible characters']);
  expect(isPresented(`pass${character}word`)).toBe(true);
});

it.each(['correct horse', 'فارسی‌نویس', 'I ❤️ my 👩‍👩‍👧‍👦', '密码密码密码密码'])('%s is taken', (password) => {
  expect(isChosen(password)).toBe(true);
});

it('one of as many code units as older versions took still signs in', () => {
  expect(isPresented('\u0958'.repeat(limits.passwordMaxChars))).toBe(true);
});

import { expect, it } from 'vitest';
import { title } from '../chat/fields.js';
import { displayName } from '../user/fields.js';

const fields = [displayName, title] as const;

/** What is told of a name by both fields alike; undefined where they take it. */
function refusalOf(name: string): string | undefined {
  const [ofName, ofTitle] = fields.map((field) => field.safeParse(name).error?.issues.map(({ message }) => message));
  expect(ofName).toEqual(ofTitle);
  if (ofName) expect(ofName).toHaveLength(1);
  return ofName?.[0];
}

it.each([
  ['spaces around it', '  Ada \n', 'Ada'],
  ['spaces of other kinds, and several of them', 'Ada\u00a0\u3000 Lovelace', 'Ada Lovelace'],
  ['accents', 'Jose\u0301', 'Jos\u00e9'],
])('C8 %s are as they are stored', (_what, given, stored) => {
  for (const field of fields) {
    expect(field.parse(given)).toBe(stored);
    expect(field.parse(stored)).toBe(stored);
  }
});

it.each([
  ['🦊'],
  ['👩‍👩‍👧‍👦'],
  ['👩🏽‍💻 at work'],
  ['❤️‍🔥'],
  ['1️⃣ ☺️ ☺︎'],
  ['🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍⚧️'],
  ['!!!'],
  ['O’Brien & Søns, 2nd'],
  ['ﻋﻠﻲ می‌خواهم'],
  ['שָׁלוֹם'],
  ['श्री क्‍ष'],
  ['ශ්‍රී'],
  ['အောင်ဆန်းစုကြည်'],
  ['Nguyễn Thị Bưởi'],
  ['สมศรี ที่รัก'],
  ['葛󠄀城'],
  ['a\u0301\u0302\u0303\u0304'],
  ['⠁⠙⠁⠀⠇'],
])('C8 %s is a name', (name) => {
  expect(refusalOf(name)).toBeUndefined();
  expect(displayName.parse(name)).toBe(name.normalize('NFC'));
});

const unseen = 'must have something that can be seen';
const control = 'must not contain line breaks or control characters';
const direction = 'must not turn the direction of writing';
const hidden = 'must not contain invisible or unassigned characters';
const marks = 'must not have more than 4 marks on a letter';

it.each([
  ['nothing', '', 'must not be empty'],
  ['spaces', ' \u00a0\u3000\u2003\t', 'must not be empty'],
  ['zero-width spaces', '\u200b\u200b', unseen],
  ['joiners', '\u200d\u200c\u200d', unseen],
  ['soft hyphens', '\u00ad', unseen],
  ['empty Braille', '\u2800\u2800', unseen],
  ['Hangul fillers', '\u3164', unseen],
  ['Hangul fillers of other kinds', '\u115f\u1160 \uffa0', unseen],
  ['marks on nothing', '\u0301\u0302', unseen],
  ['variation selectors', '\ufe0f\u{e0100}', unseen],
  ['tags', '\u{e0041}\u{e0042}', unseen],
  ['an override of direction', 'Ada \u202egnp.exe', direction],
  ['an isolate', '\u2067Ada\u2069', direction],
  ['a line break', 'Ada\nLovelace', control],
  ['a line separator', 'Ada\u2028Lovelace', control],
  ['NUL', 'Ada\0', control],
  ['a tab', 'Ada\tLovelace', control],
  ['a zero-width space', 'Ada\u200b', hidden],
  ['a joiner where nothing joins', 'A\u200dda', hidden],
  ['joiners in a row', 'می\u200c\u200cخ', hidden],
  ['a joiner behind what is invisible itself', 'علي\u061c\u200c', hidden],
  ['a soft hyphen', 'A\u00adda', hidden],
  ['a Hangul filler', 'Ada\u3164', hidden],
  ['tags on a letter', 'Ada\u{e0062}\u{e0063}\u{e007f}', hidden],
  ['a variation of a letter', 'A\ufe01da', hidden],
  ['half of a pair', 'Ada\ud83e', hidden],
  ['a private character', 'Ada \ue000', hidden],
  ['a noncharacter', 'Ada \uffff', hidden],
  ['five marks on a letter', 'Ada\u0316\u0317\u0318\u0319\u031c', marks],
  ['marks with joiners between', 'क\u093c\u200d\u093c\u200d\u093c\u200d\u093c\u200d\u093c', marks],
])('C8 %s is refused', (_what, name, message) => {
  expect(refusalOf(name)).toBe(message);
});

it('C8 its length is counted as it is stored', () => {
  for (const fine of ['a'.repeat(80), ` ${'🦊'.repeat(80)} `, `a${' '.repeat(100)}b`, 'e\u0301'.repeat(80)])
    expect(displayName.safeParse(fine).success).toBe(true);
  for (const long of ['a'.repeat(81), '🦊'.repeat(81), 'a'.repeat(100_000)]) {
    const { issues = [] } = displayName.safeParse(long).error ?? {};
    expect(issues.map(({ message }) => message)).toEqual(['must be at most 80 characters']);
  }
});

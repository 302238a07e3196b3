import { z } from 'zod';
import { codePoints } from './fields.js';
import { isFreeform } from './freeform.js';
import { limits } from './limits.js';

/** Letters, digits, signs and emoji, without those that have no ink: fillers, empty Braille, blank notes and hieroglyphs. */
const seen = /(?![\p{DI}\u2800\u{1d159}\u{13441}\u{13442}])[\p{L}\p{N}\p{P}\p{S}\p{ExtPict}]/u;

/** As many as UTS 39 (5.4) takes for writing and not for play; joiners between them hide none. */
const marksMax = 4;
const tooManyMarks = new RegExp(String.raw`(?:[\p{Mn}\p{Me}][\u200c\u200d]?){${marksMax + 1}}`, 'u');

/** What a name has to be. What is told is the first that it is not. */
const rules: readonly (readonly [holds: (name: string) => boolean, otherwise: string])[] = [
  [(name) => name !== '', 'must not be empty'],
  [(name) => seen.test(name), 'must have something that can be seen'],
  [(name) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name), 'must not contain line breaks or control characters'],
  [(name) => !/[\u202a-\u202e\u2066-\u2069]/u.test(name), 'must not turn the direction of writing'],
  [isFreeform, 'must not contain invisible or unassigned characters'],
  [(name) => !tooManyMarks.test(name), `must not have more than ${marksMax} marks on a letter`],
];

/**
 * A name of a person or a chat, as Nickname of RFC 8266 has it: no spaces around it, one U+0020 for any spaces within, and
 * nothing that cannot be read or that reads as something else. Stored in NFC; who is looked for is compared in NFKD.
 */
export const name = (max: number) => {
  const tooLong = `must be at most ${max} characters`;
  return (
    z
      .string()
      // As in `written`: bounds the work of normalising.
      .max(max * limits.unitsPerCodePoint, { error: tooLong, abort: true })
      .overwrite((value) =>
        value
          .normalize('NFC')
          .trim()
          .replaceAll(/\p{Zs}+/gu, ' '),
      )
      .superRefine((value, refinement) => {
        const broken = rules.find(([holds]) => !holds(value))?.[1];
        const message = broken ?? (codePoints(value) > max ? tooLong : undefined);
        if (message !== undefined) refinement.addIssue({ code: 'custom', message });
      })
      .meta({
        minLength: 1,
        maxLength: max,
        description: `can be seen, in one line and one direction, with at most ${marksMax} marks on a letter; spaces around it are dropped`,
      })
  );
};

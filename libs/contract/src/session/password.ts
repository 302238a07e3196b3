import { z } from 'zod';
import { codePoints } from '../base/fields.js';
import { isFreeform } from '../base/freeform.js';
import { limits } from '../base/limits.js';

const { passwordMinChars: min, passwordMaxChars: max } = limits;
const tooLong = `must be at most ${max} characters`;

/**
 * A password as it is hashed: OpaqueString of RFC 8265. Spaces of every kind are U+0020 and accents are composed, for in
 * which form they are sent depends on the keyboard. Case and width stay: mapping them would make one of many passwords.
 */
export const opaqueString = (password: string): string => password.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC');

const lengthOf = (password: string) => codePoints(opaqueString(password));

// As in `written`: bounds the work of normalising.
const typed = z.string().max(max * limits.unitsPerCodePoint, { error: tooLong, abort: true });

/** One that somebody chooses. It stays as typed here: who hashes it normalises it. */
export const chosenPassword = typed
  .refine((password) => lengthOf(password) >= min, `must be at least ${min} characters`)
  .refine((password) => lengthOf(password) <= max, tooLong)
  .refine((password) => isFreeform(opaqueString(password)), 'must not contain control or invisible characters')
  .meta({ minLength: min, maxLength: max });

/** One to be compared with what was chosen, by rules that may have been wider then: `max` were UTF-16 units. */
export const presentedPassword = typed
  .min(1)
  .refine((password) => password.length <= max || lengthOf(password) <= max, tooLong)
  .meta({ minLength: 1, maxLength: max });

import { z } from 'zod';
import { limits } from './limits.js';

/** 24 hexadecimal digits, lower case on the way out, either case on the way in. */
export const id = z
  .string()
  .regex(/^[0-9a-fA-F]{24}$/, 'must be 24 hexadecimal digits')
  .overwrite((value) => value.toLowerCase());

export const seq = z.int().nonnegative();
export const time = z.iso.datetime({ precision: 3 });

/** What every change to a chat begins with: its place, when, and by whom. */
export const changeHead = { chatId: id, rev: seq, at: time, by: id };

export const codePoints = (value: string) => {
  let count = 0;
  for (const _ of value) count++;
  return count;
};

/** Refused: NUL (stores and terminals treat it as an end), lone surrogates (no valid UTF-8 exists for them), more than `max` code points. */
const typed = (text: z.ZodString, max: number) =>
  text
    .refine((value) => !value.includes('\0'), 'must not contain NUL')
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
    .refine((value) => value.length <= max || codePoints(value) <= max, `must be at most ${max} characters`)
    // JSON Schema counts code points, so this is what holds; the bound of the code units is above it.
    .meta({ maxLength: max });

/** Before composition: bounds the work of normalising. */
const units = (max: number) => z.string().max(max * limits.unitsPerCodePoint, `must be at most ${max} characters`);

/** Text by people: stored in NFC, otherwise exactly as written. Refused: nothing but white space, and as above. */
export const written = (max: number) =>
  typed(
    units(max)
      .normalize('NFC')
      .refine((value) => value.trim() !== '', 'must not be empty'),
    max,
  ).meta({ minLength: 1, maxLength: max });

/** What people have not finished: it stays as it was typed, and may be nothing, or white space. */
export const unfinished = (max: number) => typed(units(max), max);

/** What a client calls something of its own, so that it can be repeated. */
export const clientId = z
  .string()
  .min(1)
  .max(limits.clientMessageIdChars)
  .regex(/^[A-Za-z0-9._:-]+$/, 'may only have the characters A-Z a-z 0-9 . _ : -');

/** Names a change: repeated under the same name it is the same change, whatever has been since. */
export const clientMutationId = clientId.optional();

/** Query parameters are strings: `limit=20` becomes 20, anything else is refused, never clamped. */
const digits = z.string().regex(/^(0|[1-9]\d{0,14})$/, 'must be a whole number');
export const querySeq = digits.transform(Number).pipe(seq);
/** How large a page may be, for clients on a slow link: one entry comes in any case. */
export const maxBytes = z.int().min(limits.answerBytesMin).max(limits.answerBytes).optional();
export const queryMaxBytes = digits
  .transform(Number)
  .pipe(z.int().min(limits.answerBytesMin).max(limits.answerBytes))
  .optional();
export const queryLimit = digits.transform(Number).pipe(z.int().min(1).max(limits.pageItems)).optional();
/** Where the next page begins, made by the server and opaque to everybody else. */
export const cursor = z.string().min(1).max(limits.cursorChars).optional();

import { z } from 'zod';
import { limits } from '../base/limits.js';
import { name } from '../base/name.js';

/** Where a picture is: an address as RFC 3986 writes it, of which JSON escapes nothing. */
export const avatarUrl = z
  .string()
  .max(limits.avatarUrlChars)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be an address');

/** A picture that somebody gives themselves: only what browsers show as one. */
export const pictureUrl = avatarUrl.regex(/^https?:\/\/[^/]/i, 'must begin with https:// or http://');

export const displayName = name(limits.displayNameCodePoints);

/** Matches whatever its case; shown to nobody but its owner. */
export const email = z.email().max(limits.emailChars);

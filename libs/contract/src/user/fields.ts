import { z } from 'zod';
import { written } from '../base/fields.js';
import { limits } from '../base/limits.js';

export const displayName = written(limits.displayNameCodePoints).overwrite((value) => value.trim());

/** Matches whatever its case; shown to nobody but its owner. */
export const email = z.email().max(limits.emailChars);

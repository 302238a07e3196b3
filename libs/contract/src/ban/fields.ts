import { time, written } from '../base/fields.js';
import { limits } from '../base/limits.js';

/** For those who see the list of bans; the person is not told. */
export const reason = written(limits.banReasonCodePoints).optional();

/** When it ends by itself; left out: never. */
export const expiresAt = time.optional();

import { z } from 'zod';
import { id } from '../base/fields.js';
import { limits } from '../base/limits.js';

/** People named in one request. */
export const userIds = z.array(id).min(1).max(limits.membersPerRequest);

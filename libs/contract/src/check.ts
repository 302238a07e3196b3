import type { z } from 'zod';
import { ChatError } from './refusal.js';
import type { ErrorDetail } from './refusal.js';

/** More than this many complaints help nobody, and a hostile request must not buy a long answer. */
const detailsMax = 10;

/** Gives `value` as the schema says it, or throws `request/invalid` with what is wrong and where. */
export function check<S extends z.ZodType>(schema: S, value: unknown, within = ''): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const details = result.error.issues.slice(0, detailsMax).map((issue): ErrorDetail => {
    const path = issue.path.map(String);
    return { path: (within ? [within, ...path] : path).join('.'), message: issue.message };
  });
  throw new ChatError('request/invalid', { details });
}

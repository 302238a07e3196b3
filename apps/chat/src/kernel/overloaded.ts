import { ChatError } from '@roost/contract';

/** Those turned away come back spread over this time, not all at once. */
const retryMs = { min: 1_000, max: 5_000 };

/** There is more to do here than is done in good time. */
export const overloaded = (): ChatError =>
  new ChatError('server/overloaded', {
    retryAfterMs: Math.round(retryMs.min + Math.random() * (retryMs.max - retryMs.min)),
  });

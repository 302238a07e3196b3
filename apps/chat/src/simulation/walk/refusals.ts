import { ChatError } from '@roost/contract';
import { TooContended } from '../../logs/sequenced-log.js';
import { isStoreUnavailable } from '../../store/store-trouble.js';

/** What a client makes of a refusal: the same may succeed later, or this is the answer. */
export function refusalOf(error: unknown): 'try again' | ChatError['code'] | 'unknown' {
  if (isStoreUnavailable(error) || error instanceof TooContended) return 'try again';
  if (!(error instanceof ChatError)) return 'unknown';
  return error.code === 'store/unavailable' || error.code === 'server/overloaded' ? 'try again' : error.code;
}

export const inWords = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

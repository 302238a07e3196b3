import { limits } from '@roost/contract';
import type { Message, MessagePage } from '@roost/contract';
import { fittingIn } from '../kernel/answer-size.js';
import type { HistoryPage } from './messages.repository.js';

/**
 * What a page shows of messages that were found: as many as were wanted and as fit, those next to the bound first.
 *
 * @param found in the order of reading, from the bound on
 */
export function historyPage(found: readonly Message[], { after, limit }: HistoryPage): MessagePage {
  const shown = fittingIn(limits.answerBytes, found.slice(0, limit));
  return { items: after === undefined ? shown.toReversed() : [...shown], more: shown.length < found.length };
}

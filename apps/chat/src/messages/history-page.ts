import { limits } from '@roost/contract';
import type { Message, MessagePage } from '@roost/contract';
import { fittingIn } from '../kernel/answer-size.js';
import type { HistoryStretch } from './messages.repository.js';

/** What is asked for: a stretch of history, or one that goes from a place to both sides. */
export interface HistoryPage extends HistoryStretch {
  readonly around?: number | undefined;
  readonly maxBytes?: number | undefined;
}

/** How much of what was found a page may show. */
type PageSize = Pick<HistoryPage, 'limit' | 'maxBytes'>;

/**
 * What a page shows of messages that were found: as many as were wanted and as fit, those next to the bound first.
 *
 * @param found in the order of reading, from the bound on
 */
export function historyPage(
  found: readonly Message[],
  { after, ...size }: PageSize & Pick<HistoryPage, 'after'>,
): MessagePage {
  const shown = fitting(found, size);
  return { items: after === undefined ? shown.toReversed() : [...shown], more: shown.length < found.length };
}

/** What was found on both sides of a place, each from there on; what is at the place begins the older side. */
export interface BothSides {
  readonly upToIt: readonly Message[];
  readonly behindIt: readonly Message[];
}

/** The same around a place: what is nearest comes first, from one side as from the other as long as there is something on both. */
export function pageAround({ upToIt, behindIt }: BothSides, size: PageSize): MessagePage {
  const nearestFirst = Array.from({ length: Math.max(upToIt.length, behindIt.length) }, (_, distance) => [
    ...upToIt.slice(distance, distance + 1),
    ...behindIt.slice(distance, distance + 1),
  ]).flat();
  const shown = fitting(nearestFirst, size);
  const items = shown.toSorted((one, other) => one.seq - other.seq);
  const isShown = (message: Message | undefined) => message === undefined || items.includes(message);
  const [moreBefore, moreAfter] = [!isShown(upToIt.at(-1)), !isShown(behindIt.at(-1))];
  return { items, more: moreBefore || moreAfter, moreBefore, moreAfter };
}

const fitting = (found: readonly Message[], { limit, maxBytes = limits.answerBytes }: PageSize) =>
  fittingIn(maxBytes, found.slice(0, limit));

import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether the page that asks may open a connection: one of FRONTEND_URL, or one that came from the same host. Browsers say
 * truly where a page came from, also for WebSockets, which CORS does not cover. What sends no origin is no browser.
 */
export function isFriendlyOrigin({ origin, host }: IncomingHttpHeaders, friendly: readonly string[]): boolean {
  if (origin === undefined || friendly.includes(origin)) return true;
  // Origins without a host (`null`, `file://`) are nobody's, an empty Host header included.
  return Boolean(host) && URL.parse(origin)?.host === host?.toLowerCase();
}

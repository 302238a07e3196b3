import type { IncomingHttpHeaders } from 'node:http';

/** FRONTEND_URL in the form that CORS takes; `*.` is one label of a host. */
export function originPatterns(origins: readonly string[]): (string | RegExp)[] {
  return origins.map((origin) => {
    if (!origin.includes('*')) return origin;
    return new RegExp(`^${origin.replaceAll(/[.+]/g, '\\$&').replace('*', '[a-z0-9_-]+')}$`);
  });
}

/**
 * Whether the page that asks may open a connection: one of FRONTEND_URL, or one that came from the same host. Browsers say
 * truly where a page came from, also for WebSockets, which CORS does not cover. What sends no origin is no browser.
 */
export function isFriendlyOrigin(
  { origin, host }: IncomingHttpHeaders,
  friendly: readonly (string | RegExp)[],
): boolean {
  if (origin === undefined || friendly.some((one) => (typeof one === 'string' ? one === origin : one.test(origin))))
    return true;
  // Origins without a host (`null`, `file://`) are nobody's, an empty Host header included.
  return Boolean(host) && URL.parse(origin)?.host === host?.toLowerCase();
}

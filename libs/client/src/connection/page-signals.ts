/** What a browser tells of the network and of the page. */
export type PageSignal = 'online' | 'offline' | 'visible';

/** Calls `listener` for each; gives the function that ends it. Where there is no page, nothing is told. */
export type PageSignals = (listener: (signal: PageSignal) => void) => () => void;

export const pageSignals: PageSignals = (listener) => {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => {};
  const ended = new AbortController();
  const { signal } = ended;
  window.addEventListener('online', () => listener('online'), { signal });
  window.addEventListener('offline', () => listener('offline'), { signal });
  // Restored from the back/forward cache, with connections that ended while it was there.
  window.addEventListener('pageshow', ({ persisted }) => persisted && listener('visible'), { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && listener('visible'), {
    signal,
  });
  return () => ended.abort();
};

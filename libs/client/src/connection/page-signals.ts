/** What a browser tells of the network and of the page. */
export type PageSignal = 'online' | 'offline' | 'visible' | 'frozen';

/** Calls `listener` for each; gives the function that ends it. Where there is no page, nothing is told. */
export type PageSignals = (listener: (signal: PageSignal) => void) => () => void;

export const pageSignals: PageSignals = (listener) => {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => {};
  const ended = new AbortController();
  const { signal } = ended;
  window.addEventListener('online', () => listener('online'), { signal });
  window.addEventListener('offline', () => listener('offline'), { signal });
  // Nothing runs from here on until it is shown again, if ever: kept for "back", or put to sleep in the background.
  window.addEventListener('pagehide', ({ persisted }) => persisted && listener('frozen'), { signal });
  document.addEventListener('freeze', () => listener('frozen'), { signal });
  document.addEventListener('resume', () => listener('visible'), { signal });
  // Restored from the back/forward cache, with connections that ended while it was there.
  window.addEventListener('pageshow', ({ persisted }) => persisted && listener('visible'), { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && listener('visible'), {
    signal,
  });
  return () => ended.abort();
};

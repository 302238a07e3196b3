/** The Web Locks API, as far as it is used here. */
export interface TabLocks {
  request(name: string, options: TabLockOptions, held: (lock: unknown) => unknown): Promise<unknown>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

export interface TabLockOptions {
  /** Calls back with `null` where somebody has it. */
  readonly ifAvailable?: boolean;
  /** Takes it from whoever has it: their request rejects. */
  readonly steal?: boolean;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** Tells the other tabs of the same name; they are told in the order of the calls. */
export interface TabChannel {
  post(message: string): void;
  close(): void;
}

/** What tabs of one browser have in common. */
export interface TabPorts {
  readonly locks: TabLocks;
  /** @param heard is told what others post */
  readonly channel: (name: string, heard: (message: unknown) => void) => TabChannel;
  /** Milliseconds since 1970, by the clock that all tabs have: one tab may have had it set back while it was open. */
  readonly now: () => number;
  /** For how many milliseconds nobody has seen this page; 0: it is to be seen. */
  readonly hiddenMs: () => number;
}

let ofThisPage: TabPorts | undefined;

/** Those of the browser; undefined where there is none, or one without them. */
export function browserTabs(): TabPorts | undefined {
  if (typeof window === 'undefined' || typeof document === 'undefined') return undefined;
  if (typeof BroadcastChannel === 'undefined' || !('locks' in navigator)) return undefined;
  ofThisPage ??= { locks: navigator.locks, channel, now: () => Date.now(), hiddenMs: hiddenTime() };
  return ofThisPage;
}

function channel(name: string, heard: (message: unknown) => void): TabChannel {
  const open = new BroadcastChannel(name);
  open.addEventListener('message', ({ data }: MessageEvent<unknown>) => heard(data));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin by itself
  return { post: (message) => open.postMessage(message), close: () => open.close() };
}

function hiddenTime(): () => number {
  let since = document.hidden ? Date.now() : undefined;
  document.addEventListener('visibilitychange', () => {
    since = document.hidden ? Date.now() : undefined;
  });
  return () => (since === undefined ? 0 : Math.max(1, Date.now() - since));
}

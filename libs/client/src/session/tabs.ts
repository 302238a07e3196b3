import type { Tokens } from '@roost/contract';
import { sessionIdOf } from './session-id.js';

/** The tabs and windows of one browser that have the same session: a tab that was duplicated, or opened with what was kept. */
export interface SessionTabs {
  /** One of them at a time; what the others told before is heard by then. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Tells the others. */
  tell(tokens: Tokens): void;
}

const noTabs: SessionTabs = { alone: (work) => work(), tell: () => {} };

/** Milliseconds in which a page that was frozen hears what it was told meanwhile. */
const hearingMs = 100;

/**
 * By Web Locks and BroadcastChannel; where there are none each tab stands alone.
 *
 * @param heard is told of tokens that another tab got
 */
export function sessionTabs(accessToken: string, heard: (tokens: Tokens) => void): SessionTabs {
  const sessionId = sessionIdOf(accessToken);
  const isBrowser = typeof window !== 'undefined' && typeof BroadcastChannel !== 'undefined';
  if (!isBrowser || sessionId === undefined || !('locks' in navigator)) return noTabs;
  const name = `roost-session-${sessionId}`;
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', ({ data }: MessageEvent<Tokens>) => heard(data));
  return {
    alone: (work) =>
      navigator.locks.request(name, async () => {
        await new Promise((resolve) => setTimeout(resolve, hearingMs));
        return work();
      }),
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin by itself
    tell: (tokens) => channel.postMessage(tokens),
  };
}

import type { Tokens } from '@roost/contract';
import { hasFields } from '../has-fields.js';
import { sessionIdOf } from './session-id.js';

/** The tabs and windows of one browser that have the same session: a tab that was duplicated, or opened with what was kept. */
export interface SessionTabs {
  /** One of them at a time; what the others have is heard by then. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Tells the others. */
  tell(tokens: Tokens): void;
}

const noTabs: SessionTabs = { alone: (work) => work(), tell: () => {} };

/** Milliseconds in which a page that was frozen hears what it was told meanwhile, and what others answer. */
const hearingMs = 100;

/**
 * By Web Locks and BroadcastChannel; where there are none each tab stands alone.
 *
 * @param heard is told of tokens that another tab has
 * @param current those that this one has
 */
export function sessionTabs(accessToken: string, heard: (tokens: Tokens) => void, current: () => Tokens): SessionTabs {
  const sessionId = sessionIdOf(accessToken);
  const isBrowser = typeof window !== 'undefined' && typeof BroadcastChannel !== 'undefined';
  if (!isBrowser || sessionId === undefined || !('locks' in navigator)) return noTabs;
  const name = `roost-session-${sessionId}`;
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => isTokens(data) && heard(data));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin by itself
  const tell = (tokens: Tokens) => channel.postMessage(tokens);
  // Chromium loses what comes while a page opens a window: so they are asked, and not only told. On a channel of its own, for older
  // builds in other tabs take whatever comes on the first for tokens.
  const asking = new BroadcastChannel(`${name}-ask`);
  asking.addEventListener('message', () => tell(current()));
  return {
    alone: (work) =>
      inTurn(name, async () => {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin by itself
        asking.postMessage('which tokens are there');
        await new Promise((resolve) => setTimeout(resolve, hearingMs));
        return work();
      }),
    tell,
  };
}

/**
 * Milliseconds that a tab waits for the others: longer than one takes that is awake. Who has the lock may stand still, or be gone without giving
 * it back, and two at a time do no harm: the server answers the same pair as long as nobody has used it.
 */
const turnMaxMs = 10_000;

/** Where a page may not use locks, or its turn does not come, without waiting for others. */
async function inTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  let hasBegun = false;
  const tooLong = new AbortController();
  const timer = setTimeout(() => tooLong.abort(), turnMaxMs);
  const begin = () => {
    hasBegun = true;
    clearTimeout(timer);
    return work();
  };
  try {
    return await navigator.locks.request(name, { signal: tooLong.signal }, begin);
  } catch (error) {
    clearTimeout(timer);
    if (hasBegun) throw error;
    return work();
  }
}

const isTokens = (value: unknown): value is Tokens =>
  hasFields(value, { accessToken: 'string', refreshToken: 'string', expiresAt: 'string', user: 'object' });

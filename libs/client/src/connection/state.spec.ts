import { describe, expect, it } from 'vitest';
import { transition } from './state.js';
import type { ConnectionEvent, ConnectionState } from './state.js';

const session = (replica: string) => ({
  userId: 'a'.repeat(24),
  sessionId: '5'.repeat(24),
  replica,
  protocol: 1,
  serverTime: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T01:00:00.000Z',
});
const here = session('chat-1');
const there = session('chat-2');
const since = '2026-01-01T00:10:00.000Z';
const cause = new Error('the line is cut');

const states = {
  stopped: { name: 'stopped' },
  connecting: { name: 'connecting', failures: 0 },
  'connecting again': { name: 'connecting', failures: 2, cause },
  catchingUp: { name: 'catchingUp', session: here },
  'catchingUp, degraded': { name: 'catchingUp', session: here, degradedSince: since },
  live: { name: 'live', session: here },
  degraded: { name: 'degraded', session: here, since },
  signedOut: { name: 'signedOut', reason: cause },
} as const satisfies Record<string, ConnectionState>;

const events = {
  connect: { type: 'connect' },
  ready: { type: 'ready', session: there },
  caughtUp: { type: 'caughtUp' },
  degraded: { type: 'degraded', since },
  recovered: { type: 'recovered' },
  lost: { type: 'lost', cause },
} as const satisfies Record<string, ConnectionEvent>;

type Row = Partial<Record<keyof typeof events, ConnectionState>>;

/** What each event makes of each state; what is not listed leaves the state as it is. */
const table: Record<keyof typeof states, Row> = {
  stopped: { connect: states.connecting },
  signedOut: { connect: states.connecting },
  connecting: { ready: { name: 'catchingUp', session: there }, lost: { name: 'connecting', failures: 1, cause } },
  'connecting again': {
    ready: { name: 'catchingUp', session: there },
    lost: { name: 'connecting', failures: 3, cause },
  },
  catchingUp: {
    ready: { name: 'catchingUp', session: there },
    caughtUp: states.live,
    degraded: states['catchingUp, degraded'],
    recovered: states.catchingUp,
    lost: { name: 'connecting', failures: 1, cause },
  },
  'catchingUp, degraded': {
    ready: { name: 'catchingUp', session: there },
    caughtUp: states.degraded,
    degraded: states['catchingUp, degraded'],
    recovered: states.catchingUp,
    lost: { name: 'connecting', failures: 1, cause },
  },
  live: {
    ready: { name: 'catchingUp', session: there },
    degraded: states.degraded,
    lost: { name: 'connecting', failures: 1, cause },
  },
  degraded: {
    ready: { name: 'catchingUp', session: there },
    degraded: states.degraded,
    recovered: states.catchingUp,
    lost: { name: 'connecting', failures: 1, cause },
  },
};

const typed = <K extends string>(object: Record<K, unknown>) => Object.keys(object) as K[];

describe.each(typed(states))('%s', (from) => {
  const state: ConnectionState = states[from];

  it.each(typed(events))('%s', (event) => {
    const expected = table[from][event];
    if (expected) expect(transition(state, events[event])).toEqual(expected);
    else expect(transition(state, events[event])).toBe(state);
  });

  it('stop and signOut end it, whatever it is', () => {
    expect(transition(state, { type: 'stop', reason: cause })).toEqual({ name: 'stopped', reason: cause });
    expect(transition(state, { type: 'signOut' })).toEqual({ name: 'signedOut', reason: undefined });
  });
});

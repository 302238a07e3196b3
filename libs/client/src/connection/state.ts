import type { FactOf } from '@roost/contract';

/** The first fact on every connection: who it is, and on which replica. */
export type SessionReady = FactOf<'session:ready'>;

/**
 * - `stopped`: before `connect`, after `close`, and for good with a `reason`;
 * - `connecting`: at first and after a loss; `failures` in a row so far, `cause` the last of them;
 * - `catchingUp`: connected, and asking for what was missed; `degradedSince` as below;
 * - `live`: connected and complete, facts arrive as things happen;
 * - `degraded`: connected to a replica that has not heard of the others since `since`; what is said there comes late;
 * - `signedOut`: the session is over; connecting again needs another token.
 */
export type ConnectionState =
  | { readonly name: 'stopped'; readonly reason?: Error }
  | { readonly name: 'connecting'; readonly failures: number; readonly cause?: Error }
  | { readonly name: 'catchingUp'; readonly session: SessionReady; readonly degradedSince?: string }
  | { readonly name: 'live'; readonly session: SessionReady }
  | { readonly name: 'degraded'; readonly session: SessionReady; readonly since: string }
  | { readonly name: 'signedOut'; readonly reason?: Error };

/** What can happen to a connection. */
export type ConnectionEvent =
  | { readonly type: 'connect' }
  | { readonly type: 'ready'; readonly session: SessionReady }
  | { readonly type: 'caughtUp' }
  | { readonly type: 'degraded'; readonly since: string }
  | { readonly type: 'recovered' }
  | { readonly type: 'lost'; readonly cause: Error }
  | { readonly type: 'stop'; readonly reason?: Error }
  | { readonly type: 'signOut'; readonly reason?: Error };

/** Every transition there is. An event that means nothing in a state leaves the very same state. */
export function transition(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  if (event.type === 'stop') return { name: 'stopped', reason: event.reason };
  if (event.type === 'signOut') return { name: 'signedOut', reason: event.reason };
  switch (state.name) {
    case 'stopped':
    case 'signedOut':
      return event.type === 'connect' ? { name: 'connecting', failures: 0 } : state;
    case 'connecting':
      if (event.type === 'ready') return { name: 'catchingUp', session: event.session };
      if (event.type === 'lost') return { name: 'connecting', failures: state.failures + 1, cause: event.cause };
      return state;
    case 'catchingUp':
    case 'live':
    case 'degraded':
      return connected(state, event);
  }
}

type Connected = Extract<ConnectionState, { readonly session: SessionReady }>;

function connected(state: Connected, event: ConnectionEvent): ConnectionState {
  const { session } = state;
  switch (event.type) {
    case 'ready':
      // Another replica took over, before this one let go.
      return { name: 'catchingUp', session: event.session };
    case 'lost':
      return { name: 'connecting', failures: 1, cause: event.cause };
    case 'caughtUp':
      if (state.name !== 'catchingUp') return state;
      return state.degradedSince === undefined
        ? { name: 'live', session }
        : { name: 'degraded', session, since: state.degradedSince };
    case 'degraded':
      return state.name === 'catchingUp'
        ? { ...state, degradedSince: event.since }
        : { name: 'degraded', session, since: event.since };
    case 'recovered':
      // What was said on other replicas meanwhile did not arrive.
      return state.name === 'live' ? state : { name: 'catchingUp', session };
    case 'connect':
    case 'stop':
    case 'signOut':
      return state;
  }
}

/** The session of a state that has a connection. */
export function sessionOf(state: ConnectionState): SessionReady | undefined {
  return 'session' in state ? state.session : undefined;
}

/** Nothing goes on any more, and nothing will until `connect`. */
export function isOver(
  state: ConnectionState,
): state is Extract<ConnectionState, { readonly name: 'stopped' | 'signedOut' }> {
  return state.name === 'stopped' || state.name === 'signedOut';
}

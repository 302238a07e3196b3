import { ChatError, ConnectionClosed, NoAnswer } from '@roost/client';
import type { ConnectionState } from '@roost/client';
import type { Message, Presence, Role, User } from '@roost/contract';

/** What went wrong, in a sentence for the person at the screen. */
export function explain(error: unknown): string {
  if (error instanceof ChatError) {
    const { details, retryAfterMs } = error.extras;
    const where = details?.[0] ? `: ${details[0].path} ${details[0].message}` : '';
    const when = retryAfterMs ? ` (in ${Math.ceil(retryAfterMs / 1000)} s)` : '';
    return `${error.message}${where}${when}.`;
  }
  if (error instanceof ConnectionClosed) return `${error.message}.`;
  if (error instanceof NoAnswer) return 'The server did not answer. Try again.';
  console.error(error);
  return 'Something went wrong on this page.';
}

// What the server allows, so that nothing is offered which it refuses.

export const mayWrite = (role: Role): boolean => role !== 'guest';

export const mayEdit = ({ sender, type, deletedAt }: Message, me: User, role: Role): boolean =>
  mayWrite(role) && sender.id === me.id && type !== 'system' && deletedAt === undefined;

export const mayDelete = (message: Message, me: User, role: Role): boolean =>
  mayEdit(message, role === 'owner' || role === 'admin' ? message.sender : me, role);

export function presenceText(presence: Presence | undefined): string {
  if (!presence) return '';
  if (presence.state !== 'offline') return presence.state;
  return presence.lastSeenAt === undefined ? 'offline' : `last seen ${timeOf(presence.lastSeenAt)}`;
}

/** @param keptAt of when it is what is shown, where that was kept by an earlier run */
export function statusOf(state: ConnectionState, keptAt?: string): string {
  switch (state.name) {
    case 'connecting':
      if (keptAt !== undefined) return `Connecting… What is shown was here at ${timeOf(keptAt)}`;
      return state.cause ? 'Connection lost, connecting again…' : 'Connecting…';
    case 'catchingUp':
      return `Connected to ${state.session.replica}, catching up…`;
    case 'live':
      return `Connected to ${state.session.replica}`;
    case 'degraded':
      return `Connected to ${state.session.replica}; what others write may come a few seconds late`;
    case 'stopped':
    case 'signedOut':
      return state.reason ? explain(state.reason) : 'Not connected';
  }
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The time today, with the date before that. */
export function timeOf(at: string): string {
  const date = new Date(at);
  return (date.toDateString() === new Date().toDateString() ? clock : day).format(date);
}

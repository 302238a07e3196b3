import { ChatError, ConnectionClosed, NoAnswer } from '@roost/client';
import type { ConnectionState } from '@roost/client';
import type { Chat, Message, Presence, User } from '@roost/contract';

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

export const isAdmin = ({ role }: Pick<Chat, 'role'>): boolean => role === 'owner' || role === 'admin';

export const mayWrite = (chat: Chat): boolean =>
  isAdmin(chat) || (chat.role !== 'guest' && chat.settings?.mayPost !== 'admins');

export const mayEdit = (message: Message, me: User, chat: Chat): boolean => mayWrite(chat) && isOwn(message, me);

export const mayDelete = (message: Message, me: User, chat: Chat): boolean =>
  chat.role !== 'guest' && isOwn(message, isAdmin(chat) ? message.sender : me);

const isOwn = ({ sender, type, deletedAt }: Message, me: User): boolean =>
  sender.id === me.id && type !== 'system' && deletedAt === undefined;

/** What one has to know before one writes; empty where there is nothing. */
export function writingNote(chat: Chat): string {
  const { slowModeSeconds = 0 } = chat.settings ?? {};
  if (chat.role === 'guest') return 'Guests only read here.';
  if (!mayWrite(chat)) return 'Only admins write here.';
  return slowModeSeconds === 0 || isAdmin(chat) ? '' : `Slow mode: one message every ${lasting(slowModeSeconds)}.`;
}

function lasting(seconds: number): string {
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

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

const second = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** A moment that is near, to the second. */
export const secondOf = (at: string): string => second.format(new Date(at));

/** The time today, with the date before that. */
export function timeOf(at: string): string {
  const date = new Date(at);
  return (date.toDateString() === new Date().toDateString() ? clock : day).format(date);
}

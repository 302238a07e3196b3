import { ChatError, ConnectionClosed, NoAnswer } from '@roost/client';
import type { Chat, Message, User } from '@roost/contract';

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

/** A direct chat is called by the other person. */
export function titleOf(chat: Chat, me: User): string {
  const other = chat.type === 'direct' ? chat.members?.find(({ id }) => id !== me.id) : undefined;
  return other?.displayName ?? chat.title ?? 'Untitled chat';
}

export function summaryOf(message: Message | undefined, me: User): string {
  if (!message) return 'No messages yet';
  if (message.type === 'system') return message.text;
  return `${message.sender.id === me.id ? 'You' : message.sender.displayName}: ${message.text}`;
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The time today, with the date before that. */
export function timeOf(at: string): string {
  const date = new Date(at);
  return (date.toDateString() === new Date().toDateString() ? clock : day).format(date);
}

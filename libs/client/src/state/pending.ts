import type { Chat, Message } from '@roost/contract';
import type { PendingChange, PendingMessage } from '../outbox/entry.js';
import { toggled, withReactions } from './reactions.js';
import { findMessage, messageAt } from './segments.js';
import { share, withEntry, without } from './share.js';
import type { ChatState } from './state.js';

// One's own acts on their way. Each message is shown once, first as pending, then in its place; each change as made, from the
// moment it is asked for.

type Pending = readonly PendingMessage[];
type Changes = readonly PendingChange[];

const isSent = ({ stage }: { readonly stage: string }): boolean => stage === 'sent';

export const withoutSent = <One extends { readonly stage: string }>(all: readonly One[]): readonly One[] =>
  all.filter((one) => !isSent(one));

/** What the outbox has now; what was confirmed stays as `sent` until its place shows, for something before it may be missing. */
export const withSentFirst = <One extends { readonly stage: string }>(
  before: readonly One[],
  now: readonly One[],
): readonly One[] => [...before.filter(isSent), ...withoutSent(now)];

/** The messages that the chat does not show yet. */
export const notShown = (pending: Pending, { chat }: ChatState): Pending =>
  pending.filter((one) => !isSent(one) || (one.message && one.message.seq > chat.lastSeq));

/** The changes that the chat does not have yet. */
export const notMade = (changes: Changes, state: ChatState): Changes =>
  changes.filter((one) => !isSent(one) || !hasCome(one, state));

/** Whether the fact of a change that was made has come: then the chat is shown as it is, with what others did since. */
function hasCome({ command, request, reply }: PendingChange, { chat, segments }: ChatState): boolean {
  switch (command) {
    case 'message:edit': {
      const made = reply && 'message' in reply ? reply.message : undefined;
      const message = made && messageAt(segments, made.seq);
      return !message || message.deletedAt !== undefined || (message.editedAt ?? '') >= (made.editedAt ?? '');
    }
    case 'message:delete': {
      const message = findMessage(segments, request.messageId);
      return !message || message.deletedAt !== undefined;
    }
    case 'message:react':
    case 'chat:mark':
      return true;
    case 'chat:update':
      return !reply || !('chat' in reply) || chat.rev >= reply.chat.rev;
    case 'member:add':
    case 'member:update':
    case 'member:remove':
    case 'member:ban':
    case 'member:unban':
    case 'member:leave':
      return true;
  }
}

/** A record of what waits by chat, with this for one of them. */
export function withWaiting<One>(
  record: Readonly<Record<string, readonly One[]>>,
  chatId: string,
  next: readonly One[],
): Readonly<Record<string, readonly One[]>> {
  return next.length === 0 ? without(record, chatId) : withEntry(record, chatId, share(record[chatId], next));
}

const shownMessages = new WeakMap<Message, { readonly changes: Changes; readonly shown: Message }>();

/** The messages with one's own changes that are on their way. Those that have none are the same objects. */
export function withChangesShown(messages: readonly Message[], changes: Changes): readonly Message[] {
  const alive = changes.filter(({ stage, command }) => stage !== 'failed' && command.startsWith('message:'));
  if (alive.length === 0) return messages;
  const shown = messages.map((message) => shownAs(message, alive));
  return shown.some((message, index) => message !== messages[index]) ? shown : messages;
}

function shownAs(message: Message, changes: Changes): Message {
  const own = changes.filter((one) => 'messageId' in one.request && one.request.messageId === message.id);
  if (own.length === 0) return message;
  const known = shownMessages.get(message);
  if (known && known.changes.length === own.length && known.changes.every((one, index) => one === own[index]))
    return known.shown;
  const shown = own.reduce(changedBy, message);
  shownMessages.set(message, { changes: own, shown });
  return shown;
}

function changedBy(message: Message, { command, request, createdAt }: PendingChange): Message {
  if (message.deletedAt !== undefined) return message;
  if (command === 'message:react') return withReactions(message, toggled(message.reactions, request));
  if (command === 'message:edit') return { ...message, text: request.text, editedAt: createdAt };
  return command === 'message:delete' ? { ...message, text: '', deletedAt: createdAt } : message;
}

/** A chat with the title and the settings that one has given it, where that is on its way. */
export const chatShown = (chat: Chat, changes: Changes): Chat =>
  changes.reduce((shown, { stage, command, request }) => {
    if (stage === 'failed' || command !== 'chat:update') return shown;
    const { chatId: _, settings, ...title } = request;
    return { ...shown, ...title, ...(settings && { settings: { ...shown.settings!, ...settings } }) };
  }, chat);

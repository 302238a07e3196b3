import type { PendingMessage } from '@roost/client';
import type { Message, User } from '@roost/contract';
import { el } from './dom.js';
import type { Names } from './names.js';
import { nameOf } from './titles.js';
import { explain, secondOf, timeOf } from './words.js';

/** A message in its place, or the tombstone of one, with what one may do to it. */
export function messageRow(
  message: Message,
  { me, names }: { me: User; names: Names },
  actions: readonly HTMLElement[],
  reactions?: HTMLElement,
): HTMLElement {
  const { sender, text, createdAt, editedAt, deletedAt, type, seq } = message;
  const mine = sender.id === me.id ? 'mine' : '';
  const head = el('header', {}, el('b', { dir: 'auto' }, ...(mine ? ['You'] : nameOf(sender, names))), ' ');
  head.append(el('time', { dateTime: createdAt }, timeOf(createdAt)));
  if (deletedAt !== undefined) {
    return el(
      'li',
      { value: seq, className: `${type} ${mine} deleted` },
      head,
      el('p', {}, 'This message was deleted.'),
    );
  }
  if (editedAt !== undefined) head.append(' ', el('small', { title: timeOf(editedAt) }, 'edited'));
  head.append(el('span', { className: 'actions' }, ...actions));
  const row = el('li', { value: seq, className: `${type} ${mine}` }, head, el('p', { dir: 'auto' }, text));
  if (reactions) row.append(reactions);
  return row;
}

/** One's own message on its way; one that was refused says why and has `choices`. */
export function pendingRow(
  { text, stage, error, notBefore }: PendingMessage,
  choices: readonly HTMLElement[],
): HTMLElement {
  const failed = stage === 'failed';
  const going = stage === 'waiting' && notBefore !== undefined ? `waits until ${secondOf(notBefore)}` : 'sending…';
  const head = el('header', {}, el('b', {}, 'You'), ' ', el('small', {}, failed ? 'not sent' : going));
  const row = el('li', { className: 'mine pending' }, head, el('p', { dir: 'auto' }, text));
  if (failed) row.append(el('p', { className: 'alert' }, error ? explain(error) : '', ' ', ...choices));
  return row;
}

import { hasReacted } from '@roost/client';
import type { Message, Reaction, User } from '@roost/contract';
import { button, el } from './dom.js';

/** What is offered; what others react with can be joined. */
const offered = ['👍', '❤️', '😂', '🎉', '😮', '😢'];

/** Whose view it is, what people are called, and what happens when one is pressed. */
interface Reacting {
  readonly me: User;
  readonly namesOf: (userIds: readonly string[]) => string;
  readonly react: (emoji: string, on: boolean) => unknown;
}

/** What people answer to a message with an emoji; pressing one joins them, or takes one's own back. */
export function reactionsOf({ reactions = [] }: Message, reacting: Reacting): HTMLElement | undefined {
  if (reactions.length === 0) return undefined;
  return el('p', { className: 'reactions' }, ...reactions.map((reaction) => chip(reaction, reacting)));
}

function chip(reaction: Reaction, { me, namesOf, react }: Reacting): HTMLElement {
  const { emoji, count, userIds } = reaction;
  const isOwn = hasReacted(reaction, me.id);
  const pressed = button(`${emoji} ${count}`, () => react(emoji, !isOwn), 'chip');
  const others = count - userIds.length;
  const title = namesOf(userIds) + (others > 0 ? ` and ${others} more` : '');
  return Object.assign(pressed, { title, ariaPressed: String(isOwn), ariaLabel: `${emoji}, ${count}: ${title}` });
}

/** A choice of emoji to react with. */
export function reactChoice(react: Reacting['react']): HTMLElement {
  const choices = offered.map((emoji) => button(emoji, () => react(emoji, true), 'chip'));
  return el('details', { className: 'react' }, el('summary', { className: 'link' }, 'React'), ...choices);
}

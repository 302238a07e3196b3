import type { ChatMarks } from '@roost/contract';
import { button, el } from './dom.js';

/** A mark as it is to be. */
export type Wish = { readonly [Mark in keyof ChatMarks]?: boolean };

/** What one may do with a chat for oneself alone. */
export class Keeping {
  readonly element = el('details', { className: 'keeping' }, el('summary', { className: 'link' }, 'Keep as'));
  private readonly choices: HTMLElement;
  private marks: ChatMarks = {};

  constructor(private readonly mark: (wish: Wish) => unknown) {
    this.choices = el('p', {});
    this.element.append(this.choices);
  }

  draw(marks: ChatMarks): void {
    if (marks === this.marks && this.choices.childElementCount > 0) return;
    this.marks = marks;
    const focused = [...this.choices.children].indexOf(document.activeElement!);
    this.choices.replaceChildren(
      this.choice('Pinned', 'pinned'),
      this.choice('Muted', 'muted'),
      this.choice('Archived', 'archived'),
      this.choice('Unread', 'unread'),
    );
    (this.choices.children[focused] as HTMLElement | undefined)?.focus();
  }

  private choice(text: string, mark: keyof ChatMarks): HTMLElement {
    const isSo = Boolean(this.marks[mark]);
    const pressed = button(text, () => this.mark({ [mark]: !isSo }), 'chip');
    return Object.assign(pressed, { ariaPressed: String(isSo) });
  }
}

/** How a chat is kept, in words for its row; empty for most. */
export const keptAs = ({ pinned, muted, unread }: ChatMarks): string =>
  [pinned && 'pinned', muted && 'muted', unread && 'unread'].filter(Boolean).join(', ');

import type { Message } from '@roost/contract';
import { button, el, form } from './dom.js';

export interface ComposerPorts {
  /** Says whether it was taken: if not, what was written comes back. */
  readonly send: (text: string) => Promise<boolean>;
  /** Says whether it went well: if not, what was written stays to be corrected. */
  readonly edit: (messageId: string, text: string) => Promise<boolean>;
  /** Something is being written, or the field is empty again. */
  readonly typing: (isTyping: boolean) => void;
  /** The message that arrow up edits. */
  readonly lastOwn: () => Message | undefined;
}

/** The field to write in: a new message, or one's own message anew. Enter sends, Escape leaves a message as it was. */
export class Composer {
  readonly element: HTMLFormElement;
  private readonly text = el('textarea', {
    placeholder: 'Message',
    rows: 2,
    dir: 'auto',
    onkeydown: (event) => this.pressed(event),
    oninput: () => this.typed(),
  });
  private readonly submit = el('button', { className: 'primary' });
  private readonly note = el('p', { className: 'note' }, 'You are changing a message. ');
  private editing: Message | undefined;
  /** What was being written when the editing began. */
  private draft = '';

  constructor(private readonly ports: ComposerPorts) {
    this.note.append(button('Cancel', () => this.begin(undefined, this.draft), 'link'));
    this.element = form(() => this.submitted(), 'send', this.note, this.text, this.submit);
    this.begin(undefined, '');
  }

  focus(): void {
    this.text.focus();
  }

  edit(message: Message): void {
    if (!this.editing) this.draft = this.text.value;
    this.begin(message, message.text);
  }

  private begin(editing: Message | undefined, text: string): void {
    this.editing = editing;
    this.note.hidden = !editing;
    this.submit.textContent = editing ? 'Save' : 'Send';
    this.text.ariaLabel = editing ? 'Changed message' : 'Message';
    this.text.value = text;
    this.focus();
  }

  private pressed(event: KeyboardEvent): void {
    const { key, shiftKey, isComposing } = event;
    // While an input method composes a word, Enter ends the word and Escape drops it.
    if (isComposing) return;
    const lastOwn = key === 'ArrowUp' && this.text.value === '' ? this.ports.lastOwn() : undefined;
    if (key === 'Enter' && !shiftKey) this.element.requestSubmit();
    else if (key === 'Escape' && this.editing) this.begin(undefined, this.draft);
    else if (lastOwn) this.edit(lastOwn);
    else return;
    event.preventDefault();
  }

  /** Changing a message is nobody else's business. */
  private typed(): void {
    if (!this.editing) this.ports.typing(this.text.value.trim() !== '');
  }

  private async submitted(): Promise<void> {
    const { editing } = this;
    const text = this.text.value;
    if (text.trim() === '') return;
    if (!editing) {
      this.text.value = '';
      const isTaken = await this.ports.send(text);
      if (!isTaken && this.text.value === '') this.text.value = text;
    } else if (text === editing.text || (await this.ports.edit(editing.id, text))) {
      if (this.editing === editing) this.begin(undefined, this.draft);
    }
  }
}

import type { ChatSettings, ChatSettingsWish, Who } from '@roost/contract';
import { button, el, field, form } from './dom.js';

/** Those of a chat that say who may do something, in words. */
const questions = {
  mayPost: 'Who writes',
  mayAddMembers: 'Who adds people',
  mayEditChat: 'Who changes the title',
} as const;
type Question = keyof typeof questions;

const answers: Record<Who, string> = { everyone: 'Everyone but guests', admins: 'Admins' };

/** Asks how a chat is to be used from now on, and says what of it is to be another. */
export function settingsDialog(save: (wish: ChatSettingsWish) => unknown): {
  readonly element: HTMLDialogElement;
  open(now: ChatSettings): void;
} {
  const choices = Object.entries(questions).map(([name, text]) => ({ name: name as Question, ...choice(text) }));
  const slow = field('Seconds between two messages of one person (0: none)', {
    type: 'number',
    min: '0',
    max: '21600',
    step: '1',
    required: true,
  });
  const element = el('dialog', { className: 'new-chat', ariaLabel: 'Settings of the chat' });
  let before: ChatSettings | undefined;

  function submit() {
    const chosen = choices.map(({ name, input }) => [name, input.value as Who] as const);
    const all = { ...Object.fromEntries(chosen), slowModeSeconds: slow.input.valueAsNumber } as ChatSettings;
    const others = Object.entries(all).filter(([name, value]) => before?.[name as keyof ChatSettings] !== value);
    element.close();
    if (others.length > 0) save(Object.fromEntries(others));
  }

  const cancel = button('Cancel', () => element.close());
  const actions = el('div', { className: 'row' }, cancel, el('button', { className: 'primary' }, 'Save'));
  const labels = choices.map(({ label }) => label);
  element.append(form(submit, '', el('h2', {}, 'Settings of the chat'), ...labels, slow.label, actions));
  return {
    element,
    open(now) {
      before = now;
      for (const { name, input } of choices) input.value = now[name];
      slow.input.value = String(now.slowModeSeconds);
      element.showModal();
    },
  };
}

function choice(text: string) {
  const options = Object.entries(answers).map(([value, words]) => el('option', { value }, words));
  const input = el('select', {}, ...options);
  return { input, label: el('label', {}, el('span', {}, text), input) };
}

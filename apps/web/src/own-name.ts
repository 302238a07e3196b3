import type { RoostClient } from '@roost/client';
import { alertLine, atMost, attempt, button, el, field, form } from './dom.js';

/** Asks how one is to be called from now on. */
export function ownNameDialog(client: RoostClient): { readonly element: HTMLDialogElement; open(now: string): void } {
  const alert = alertLine();
  const name = field('As others see it', { dir: 'auto', required: true, autocomplete: 'name' });
  atMost(80, name.input);
  const element = el('dialog', { className: 'new-chat', ariaLabel: 'Your name' });
  const save = async () => {
    const failed = await attempt(alert, () => client.updateProfile({ displayName: name.input.value }));
    if (failed === undefined) element.close();
  };
  const cancel = button('Cancel', () => element.close());
  const actions = el('div', { className: 'row' }, cancel, el('button', { className: 'primary' }, 'Save'));
  element.append(form(save, '', el('h2', {}, 'Your name'), name.label, alert, actions));
  return {
    element,
    open(now) {
      alert.textContent = '';
      name.input.value = now;
      element.showModal();
    },
  };
}

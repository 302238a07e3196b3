import type { Session } from '@roost/client';
import type { User } from '@roost/contract';
import { alertLine, apart, atMost, attempt, button, el, field, form, inBackground } from './dom.js';
import { Names } from './names.js';
import { nameOf } from './titles.js';

/** Milliseconds of silence at the keyboard before people are looked up. */
const typingPauseMs = 200;

/** Asks for people and perhaps a title: one person without a title is a direct chat, all else a group. */
export function newChatDialog(session: Session, created: (chatId: string) => void): HTMLDialogElement {
  const alert = alertLine();
  const chosen = new Map<string, User>();
  const search = field('Find people by name', {
    type: 'search',
    dir: 'auto',
    autocomplete: 'off',
    oninput: searchSoon,
  });
  const title = field('Title of the group (not for a direct chat)', { dir: 'auto', oninput: draw });
  const found = el('ul', { className: 'people', ariaLabel: 'People found' });
  const picked = el('ul', { className: 'people picked', ariaLabel: 'People in the new chat' });
  const submit = el('button', { className: 'primary' });
  atMost(200, title.input);
  let newestSearch = 0;
  let pause: ReturnType<typeof setTimeout>;

  const isDirect = () => chosen.size <= 1 && title.input.value.trim() === '';

  function draw() {
    picked.replaceChildren(...rows([...chosen.values()], ' ✕', (user) => pick(user, false)));
    submit.disabled = chosen.size === 0;
    submit.textContent = isDirect() ? 'Start direct chat' : 'Create group';
  }

  function pick(user: User, wanted: boolean) {
    if (wanted) chosen.set(user.id, user);
    else chosen.delete(user.id);
    search.input.value = '';
    found.replaceChildren();
    search.input.focus();
    draw();
  }

  function searchSoon() {
    clearTimeout(pause);
    pause = setTimeout(() => inBackground(() => attempt(alert, find)), typingPauseMs);
  }

  async function find() {
    const number = ++newestSearch;
    const query = search.input.value.trim();
    const { items } = query ? await session.api.call('users.search', { query: { query, limit: 20 } }) : { items: [] };
    if (number !== newestSearch) return;
    const others = items.filter(({ id }) => id !== session.user.id && !chosen.has(id));
    found.replaceChildren(...rows(others, '', (user) => pick(user, true)));
    if (query && others.length === 0) found.append(el('li', { className: 'empty' }, 'Nobody else by that name.'));
  }

  async function create() {
    const memberIds = [...chosen.keys()];
    const group = { type: 'group', memberIds, title: title.input.value.trim() || undefined } as const;
    const body = isDirect() ? ({ type: 'direct', memberIds } as const) : group;
    const { id } = await session.api.call('chats.create', { body });
    dialog.close();
    created(id);
  }

  function forget() {
    chosen.clear();
    fields.reset();
    title.input.setCustomValidity('');
    found.replaceChildren();
    alert.textContent = '';
    draw();
  }

  const cancel = button('Cancel', () => dialog.close());
  const actions = el('div', { className: 'row' }, cancel, submit);
  const asked = [search.label, found, picked, title.label, alert, actions];
  const fields = form(() => attempt(alert, create), '', el('h2', {}, 'New chat'), ...asked);
  const dialog = el('dialog', { className: 'new-chat', ariaLabel: 'New chat', onclose: forget }, fields);
  draw();
  return dialog;
}

/** One button for each person. Whom one sees here beside others, or has chosen, may only look like somebody one knows. */
function rows(people: readonly User[], sign: string, clicked: (user: User) => void): HTMLElement[] {
  const names = new Names(people);
  return people.map((user) => {
    const choose = button(apart(...nameOf(user, names)), () => clicked(user));
    choose.append(sign);
    return el('li', {}, choose);
  });
}

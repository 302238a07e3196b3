import { register, signIn } from '@roost/client';
import type { Session } from '@roost/client';
import { alertLine, apart, atMost, attempt, button, el, field, form, inBackground } from './dom.js';

interface DemoAccount {
  readonly displayName: string;
  readonly email: string;
  readonly password: string;
}

/** The first view: one click for each demo person where there are any, and a form for everybody. */
export function signInView(entered: (session: Session) => void, notice?: string | Promise<string>): HTMLElement {
  const alert = alertLine();
  const name = field('Name', { autocomplete: 'name', required: true, dir: 'auto' });
  atMost(80, name.input);
  const email = field('E-mail', { type: 'email', autocomplete: 'username', required: true });
  const password = field('Password', { type: 'password', required: true });
  const submit = el('button', { className: 'primary' });
  const other = button('', () => turn(!registering), 'link');
  let registering = false;

  function turn(toRegistering: boolean) {
    registering = toRegistering;
    name.label.hidden = name.input.disabled = !registering;
    password.input.minLength = registering ? 8 : 1;
    password.input.autocomplete = registering ? 'new-password' : 'current-password';
    submit.textContent = registering ? 'Create account' : 'Sign in';
    other.textContent = registering ? 'I have an account' : 'Create an account';
  }

  async function enter(session: () => Promise<Session>) {
    view.inert = true;
    await attempt(alert, async () => entered(await session()));
    view.inert = false;
  }

  function enterWithForm() {
    const account = { email: email.input.value, password: password.input.value };
    const displayName = name.input.value;
    return enter(() =>
      registering ? register(location.origin, { ...account, displayName }) : signIn(location.origin, account),
    );
  }

  async function offerDemoPeople() {
    for (const account of await demoAccounts()) {
      demo.append(button(apart(account.displayName), () => enter(() => signIn(location.origin, account))));
      demo.hidden = false;
    }
  }

  const demo = el('div', { className: 'demo', hidden: true }, el('p', {}, 'Enter as'));
  const fields = form(enterWithForm, '', name.label, email.label, password.label, submit, other);
  const view = el('main', { className: 'sign-in' }, el('h1', {}, 'Roost'), demo, fields, alert);
  turn(false);
  inBackground(async () => {
    const text = (await notice) ?? '';
    alert.textContent ||= text;
  });
  inBackground(offerDemoPeople);
  return view;
}

/** `demo.json` lies beside the page only where the cluster was started for trying out. */
async function demoAccounts(): Promise<readonly DemoAccount[]> {
  try {
    const response = await fetch('/demo.json');
    if (!response.ok || !response.headers.get('content-type')?.includes('json')) return [];
    const demo: { accounts: readonly DemoAccount[] } = await response.json();
    return demo.accounts;
  } catch (error) {
    console.warn('demo.json could not be read', error);
    return [];
  }
}

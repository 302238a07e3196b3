import './no-eval.js';
import { sessionFrom } from '@roost/client';
import type { Session } from '@roost/client';
import type { Tokens } from '@roost/contract';
import { ChatPage } from './chat-page.js';
import { signInView } from './sign-in.js';

/** Kept for this tab only, so that two windows can be two people; a reload stays signed in, where the browser lets a page keep anything. */
const storageKey = 'roost.session';
const root = document.getElementById('app') ?? document.body;

function showSignIn(notice?: string | Promise<string>): void {
  withStorage((storage) => storage.removeItem(storageKey));
  root.replaceChildren(signInView(showChats, notice));
}

const keep = (tokens: Tokens) => withStorage((storage) => storage.setItem(storageKey, JSON.stringify(tokens)));

function withStorage<Result>(work: (storage: Storage) => Result): Result | undefined {
  try {
    return work(sessionStorage);
  } catch (error) {
    console.debug(error);
    return undefined;
  }
}

function showChats(session: Session): void {
  keep(session.toJSON());
  const forget = session.onRenewed(keep);
  const page = new ChatPage(session, (notice) => {
    // Signing out may renew the tokens first; they are not to come back.
    forget();
    showSignIn(notice);
  });
  root.replaceChildren(page.element);
}

const kept = withStorage((storage) => storage.getItem(storageKey));
if (typeof kept !== 'string') showSignIn();
else showChats(sessionFrom(location.origin, JSON.parse(kept)));

import './no-eval.js';
import { sessionFrom } from '@roost/client';
import type { Session } from '@roost/client';
import type { Tokens } from '@roost/contract';
import { ChatPage } from './chat-page.js';
import { signInView } from './sign-in.js';

/** Kept for this tab only, so that two windows can be two people; a reload stays signed in. */
const storageKey = 'roost.session';
const root = document.getElementById('app') ?? document.body;

function showSignIn(notice?: string | Promise<string>): void {
  sessionStorage.removeItem(storageKey);
  root.replaceChildren(signInView(showChats, notice));
}

const keep = (tokens: Tokens) => sessionStorage.setItem(storageKey, JSON.stringify(tokens));

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

const kept = sessionStorage.getItem(storageKey);
if (kept === null) showSignIn();
else showChats(sessionFrom(location.origin, JSON.parse(kept)));

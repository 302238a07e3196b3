import type { CommandName, HintName, HintOf } from '@roost/contract';
import { inBackground } from '../background.js';
import type { SessionReady } from '../connection/state.js';
import { asRefusal, NoAnswer } from '../failures.js';
import type { Clock } from '../time.js';
import type { FollowerSays, From, LeaderSays, TabAnswer, ToldToAll } from './message.js';
import { SharedChats } from './shared-chats.js';
import { SharedPresence } from './shared-presence.js';

/** Browsers run timers of a page that was not seen for 5 minutes once a minute. */
const hiddenMaxMs = 240_000;
/** For a chat that a tab had open which is gone. */
const leaveMaxMs = 10_000;

export interface TabHostPorts {
  readonly say: (message: LeaderSays) => void;
  readonly clock: Clock;
  /** By the clock that all tabs have. */
  readonly now: () => number;
  /** For how long this page was not seen. */
  readonly hiddenMs: () => number;
  /** Asks the server, in the name of a tab. */
  readonly carryOut: (name: CommandName, request: object, timeoutMs: number) => Promise<object>;
  /** Calls back when that tab is gone; gives the function that ends the waiting. */
  readonly whenGone: (tab: string, gone: () => void) => () => void;
  /** Says to the server what nobody answers. */
  readonly hint: (name: HintName, payload: object) => void;
  /** Finds out whether the connection is still there. */
  readonly probe: () => void;
  /** A tab is gone, with whatever it had not sent. */
  readonly gone: () => void;
}

/** What a fact says that lasts, and the fact that ends it. */
const lasting: Readonly<Record<string, string>> = {
  'server:recovered': 'server:degraded',
  'store:recovered': 'store:unavailable',
};

/** The connection of the tab that leads, as the tabs that follow see it. */
export class TabHost {
  private readonly followers = new Set<string>();
  /** What ends the waiting for each tab's end. */
  private readonly watched = new Map<string, () => void>();
  private readonly standing = new Map<string, unknown>();
  private readonly chats = new SharedChats();
  private readonly presence = new SharedPresence((state) => this.ports.hint('presence:set', { state }));
  /** What was asked, by its id, as long as somebody may ask it again: its answer, where there is one. */
  private readonly answers = new Map<string, TabAnswer | undefined>();
  private session: SessionReady | undefined;
  private told = 0;

  constructor(
    private readonly id: string,
    private readonly ports: TabHostPorts,
  ) {
    this.presence.came(id);
  }

  // --- What happens to the connection

  ready(session: SessionReady): void {
    this.standing.clear();
    this.session = session;
    this.presence.connected();
    this.tell({ type: 'ready', session });
  }

  lost(why: string): void {
    if (this.session) this.tell({ type: 'lost', why });
    this.session = undefined;
  }

  fact(name: string, payload: unknown): void {
    if (name === 'session:ready') return;
    const ended = lasting[name];
    if (ended !== undefined) this.standing.delete(ended);
    if (Object.values(lasting).includes(name)) this.standing.set(name, payload);
    this.tell({ type: 'fact', name, payload });
  }

  /** What a tab says that nobody answers. */
  hint(tab: string, name: HintName, payload: object): void {
    if (name === 'presence:set') this.presence.set(tab, (payload as HintOf<'presence:set'>).state);
    else this.ports.hint(name, payload);
  }

  /** What this tab itself asks for; answered here where the server need not be asked. */
  asked(name: CommandName, request: object): object | undefined {
    return this.chats.asked(this.id, name, request);
  }

  // --- What others say

  heard(message: From<FollowerSays>): void {
    if (message.type === 'hello') this.greet(message.from, message.isSeen);
    else if (message.type === 'hint') this.hint(message.from, message.name, message.payload);
    else if (message.type === 'probe') this.ports.probe();
    else if (message.type === 'bye') this.forget(message.from);
    else if (message.type === 'ask') inBackground(this.answer(message));
  }

  /** Notices the end of a tab. */
  watch(tab: string): void {
    if (!this.watched.has(tab))
      this.watched.set(
        tab,
        this.ports.whenGone(tab, () => this.wentAway(tab)),
      );
  }

  /** This tab leads no more. */
  close(): void {
    for (const stop of this.watched.values()) stop();
  }

  private greet(tab: string, isSeen: boolean): void {
    this.followers.add(tab);
    this.presence.came(tab);
    this.watch(tab);
    // A page that nobody sees has timers that come too late to keep a connection for one that is seen.
    if (isSeen && this.ports.hiddenMs() > hiddenMaxMs) this.ports.say({ type: 'yours', to: tab });
    else
      this.ports.say({ type: 'welcome', to: tab, session: this.session, n: this.told, standing: [...this.standing] });
  }

  private wentAway(tab: string): void {
    this.watched.delete(tab);
    this.forget(tab);
    this.ports.gone();
  }

  private forget(tab: string): void {
    this.followers.delete(tab);
    this.presence.gone(tab);
    for (const chatId of this.chats.gone(tab))
      inBackground(answerOf(this.ports.carryOut('chat:leave', { chatId }, leaveMaxMs)));
  }

  private async answer({
    from,
    id,
    name,
    request,
    until,
  }: From<FollowerSays & { readonly type: 'ask' }>): Promise<void> {
    const leftMs = until - this.ports.now();
    // Heard late, by a page that stood still: whoever asked has given up, and may have asked another.
    if (leftMs <= 0) return;
    if (!this.answers.has(id)) await this.carryOut(id, leftMs, from, name, request);
    const answer = this.answers.get(id);
    if (answer) this.ports.say({ type: 'answer', id, answer });
  }

  private async carryOut(id: string, leftMs: number, tab: string, name: CommandName, request: object): Promise<void> {
    this.answers.set(id, undefined);
    this.ports.clock.after(leftMs, () => this.answers.delete(id));
    const here = this.chats.asked(tab, name, request);
    const answer = here ? { reply: here } : await answerOf(this.ports.carryOut(name, request, leftMs));
    if (this.answers.has(id)) this.answers.set(id, answer);
  }

  private tell(message: Unnumbered<ToldToAll>): void {
    if (this.followers.size > 0) this.ports.say({ ...message, n: ++this.told });
  }
}

type Unnumbered<Message> = Message extends unknown ? Omit<Message, 'n'> : never;

async function answerOf(asked: Promise<object>): Promise<TabAnswer> {
  try {
    return { reply: await asked };
  } catch (error) {
    if (error instanceof NoAnswer) return { none: error.reason === 'timeout' ? 'timeout' : 'disconnected' };
    return { refusal: asRefusal(error) };
  }
}

import type { CommandName, HintName, Refusal } from '@roost/contract';
import type { SessionReady } from '../connection/state.js';
import { hasFields } from '../has-fields.js';

/**
 * What tabs say to each other. It is part of the names of their lock and their channel: a page of a build that speaks another
 * version hears nothing of this one and has a connection of its own. So whatever changes here has another version.
 */
export const tabVersion = 1;

/** What tells a command's end: its reply, a refusal, or why nobody knows. */
export type TabAnswer =
  { readonly reply: object } | { readonly refusal: Refusal } | { readonly none: 'timeout' | 'disconnected' };

/** From a tab that follows. */
export type FollowerSays =
  | { readonly type: 'hello'; readonly isSeen: boolean }
  | {
      readonly type: 'ask';
      /** Asked again under the same, it is carried out once. */
      readonly id: string;
      readonly name: CommandName;
      readonly request: object;
      /** When nobody waits for the answer any more, by the clock that all tabs have. */
      readonly until: number;
    }
  | { readonly type: 'hint'; readonly name: HintName; readonly payload: object }
  /** Its page is seen again, or the network is another one. */
  | { readonly type: 'probe' }
  | { readonly type: 'bye' };

/** Said to all. Numbered, for browsers lose messages: whoever misses one asks for everything. */
export type ToldToAll = (
  | { readonly type: 'ready'; readonly session: SessionReady }
  | { readonly type: 'lost'; readonly why: string }
  | { readonly type: 'fact'; readonly name: string; readonly payload?: unknown }
) & { readonly n: number };

/** From the tab that leads. */
export type LeaderSays =
  | ToldToAll
  /** What it is connected to, if it is, and what was told there of a state that lasts. */
  | {
      readonly type: 'welcome';
      readonly to: string;
      readonly session?: SessionReady;
      /** The last that was told to all. */
      readonly n: number;
      readonly standing: readonly (readonly [name: string, payload: unknown])[];
    }
  /** Whoever is told so is to lead. */
  | { readonly type: 'yours'; readonly to: string }
  | { readonly type: 'answer'; readonly id: string; readonly answer: TabAnswer }
  | { readonly type: 'leads' };

/** What is said, and by which tab. */
export type From<Said> = Said & { readonly from: string };

export type TabSays = FollowerSays | LeaderSays | { readonly type: 'signOut' };

const fields = {
  hello: { isSeen: 'boolean' },
  ask: { id: 'string', name: 'string', request: 'object', until: 'number' },
  hint: { name: 'string', payload: 'object' },
  probe: {},
  bye: {},
  welcome: { to: 'string', n: 'number', standing: 'object' },
  yours: { to: 'string' },
  answer: { id: 'string', answer: 'object' },
  leads: {},
  ready: { n: 'number', session: 'object' },
  lost: { n: 'number', why: 'string' },
  fact: { n: 'number', name: 'string' },
  signOut: {},
} as const satisfies { readonly [Type in TabSays['type']]: object };

/** What came over the channel; undefined where it is nothing that a tab of this version says. */
export function parseTabMessage(text: unknown): From<TabSays> | undefined {
  const message = typeof text === 'string' ? parsed(text) : undefined;
  if (!hasFields(message, { type: 'string', from: 'string' }) || !Object.hasOwn(fields, message.type)) return undefined;
  const wanted = fields[message.type as TabSays['type']];
  return hasFields(message, wanted) ? (message as unknown as From<TabSays>) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

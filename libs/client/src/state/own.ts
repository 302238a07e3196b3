import type { ChatMarks, OwnChange, OwnPage, ReplyOf } from '@roost/contract';
import { hasFields } from '../has-fields.js';
import type { PendingChange } from '../outbox/entry.js';
import { patched, share, withEntry, without } from './share.js';

/** What one keeps for oneself, the same on all one's devices. */
export interface OwnState {
  /** The last place of one's own log before which nothing is missing. */
  readonly rev: number;
  /** How far that log is, as far as anybody said. */
  readonly head: number;
  /** How one keeps chats, by id; those that are kept as any other are left out. */
  readonly marks: Readonly<Record<string, ChatMarks>>;
}

export const noOwn: OwnState = { rev: 0, head: 0, marks: {} };

/** One that comes before its turn only says that there is more: it is asked for. */
export function ownHeard(own: OwnState, change: OwnChange): OwnState {
  const { ownRev } = change;
  if (ownRev <= own.rev) return own;
  const head = Math.max(own.head, ownRev);
  return ownRev === own.rev + 1 ? { ...applied(own, change), rev: ownRev, head } : patched(own, { head });
}

/** The log is at least here. */
export const ownExpected = (own: OwnState, ownRev: number): OwnState =>
  patched(own, { head: Math.max(own.head, ownRev) });

/** A page is all there is up to its place: a place without a change says nothing any more. */
export function ownSynced(own: OwnState, { rev, changes, reset }: OwnPage): OwnState {
  const begun = reset ? noOwn : own;
  if (rev <= begun.rev && !reset) return own;
  const news = changes.filter(({ ownRev }) => ownRev > begun.rev);
  const head = reset ? rev : Math.max(own.head, rev);
  return share(own, { ...news.reduce(applied, begun), rev, head });
}

/** What one asked for is so as of a place: with what is still missing before it, until that comes. */
export function ownAnswered(own: OwnState, chatId: string, { ownRev, marks }: ReplyOf<'chat:mark'>): OwnState {
  if (ownRev <= own.rev) return own;
  return { ...withMarks(own, chatId, marks), head: Math.max(own.head, ownRev) };
}

/** With those that one has asked for and that are not answered yet. */
export function marksWished(marks: ChatMarks, changes: readonly PendingChange[]): ChatMarks {
  const wishes = changes.flatMap((one) => (one.command === 'chat:mark' && one.stage !== 'failed' ? [one.request] : []));
  return wishes.reduce((all, { muted, pinned, unread, archived }) => {
    const put = archived && { upToSeq: Infinity };
    return alone(patched(all, told({ muted, pinned, unread, archived: put })));
  }, marks);
}

/** A change of a kind that only a newer server knows takes its place, and that is all. */
function applied(own: OwnState, change: OwnChange): OwnState {
  if (change.kind !== 'chat:marked' || !hasFields(change, { chatId: 'string', marks: 'object' })) return own;
  const { chatId, marks } = change as { readonly chatId: string; readonly marks: ChatMarks };
  return withMarks(own, chatId, { ...own.marks[chatId], ...marks });
}

function withMarks(own: OwnState, chatId: string, all: ChatMarks): OwnState {
  const marks = alone(all);
  const isNone = Object.keys(marks).length === 0;
  const now = isNone ? without(own.marks, chatId) : withEntry(own.marks, chatId, share(own.marks[chatId], marks));
  return patched(own, { marks: now });
}

/** Those of which something is said. */
const told = (marks: { readonly [Mark in keyof ChatMarks]: ChatMarks[Mark] | undefined }): Partial<ChatMarks> =>
  Object.fromEntries(Object.entries(marks).filter(([, value]) => value !== undefined));

/** Those that are so. */
const alone = (marks: ChatMarks): ChatMarks => Object.fromEntries(Object.entries(marks).filter(([, value]) => value));

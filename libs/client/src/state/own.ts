import type { ChatMarks, DraftChanged, OwnChange, OwnPage, ReplyOf, UnsentText } from '@roost/contract';
import { hasFields } from '../has-fields.js';
import type { PendingChange } from '../outbox/entry.js';
import { patched, share, withEntry, without } from './share.js';

/** What one has begun to write in a chat. */
export interface Written extends UnsentText {
  /** The place in one's own log of the draft that it was made from, or is. */
  readonly base: number;
  /** What another device has written meanwhile: both are kept until one is chosen. */
  readonly other?: UnsentText;
}

/** What one keeps for oneself, the same on all one's devices. */
export interface OwnState {
  /** The last place of one's own log before which nothing is missing. */
  readonly rev: number;
  /** How far that log is, as far as anybody said. */
  readonly head: number;
  /** How one keeps chats, by id; those that are kept as any other are left out. */
  readonly marks: Readonly<Record<string, ChatMarks>>;
  /** What one has begun to write, by chat. */
  readonly drafts: Readonly<Record<string, Written>>;
}

export const noOwn: OwnState = { rev: 0, head: 0, marks: {}, drafts: {} };

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

/** A draft is so as of a place; what is still missing before it comes as well. */
export function draftAnswered(own: OwnState, chatId: string, ownRev: number, draft: UnsentText | undefined): OwnState {
  if (ownRev <= (own.drafts[chatId]?.base ?? own.rev)) return own;
  return { ...withDraft(own, chatId, ownRev, draft), head: Math.max(own.head, ownRev) };
}

/** It is a message by now. */
export const draftSent = (own: OwnState, chatId: string, clientMessageId: string): OwnState =>
  own.drafts[chatId]?.clientMessageId === clientMessageId ? withDraft(own, chatId, own.rev, undefined) : own;

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
  if (change.kind === 'draft:changed') return drafted(own, change as DraftChanged);
  if (change.kind !== 'chat:marked' || !hasFields(change, { chatId: 'string', marks: 'object' })) return own;
  const { chatId, marks } = change as { readonly chatId: string; readonly marks: ChatMarks };
  return withMarks(own, chatId, { ...own.marks[chatId], ...marks });
}

function drafted(own: OwnState, { chatId, ownRev, draft }: DraftChanged): OwnState {
  // The answer to whoever saved it may have come before.
  return ownRev < (own.drafts[chatId]?.base ?? 0) ? own : withDraft(own, chatId, ownRev, draft);
}

function withDraft(own: OwnState, chatId: string, base: number, draft: UnsentText | undefined): OwnState {
  const drafts = draft
    ? withEntry(own.drafts, chatId, share(own.drafts[chatId], { ...draft, base }))
    : without(own.drafts, chatId);
  return patched(own, { drafts });
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

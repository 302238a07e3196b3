import { z } from 'zod';
import { clientId, id, seq, time } from '../base/fields.js';

/** Put away up to this message. */
export const Archived = z.object({ upToSeq: seq });

/** What one keeps of a chat for oneself. False, or left out where all are told: not so. */
export const ChatMarks = z.object({
  /** Silent, and not in the total of what is unread. */
  muted: z.boolean().optional(),
  /** Stands before the others in one's list. */
  pinned: z.boolean().optional(),
  /** Marked as unread, until one opens it. */
  unread: z.boolean().optional(),
  /** Put away until there is a message after this one; for good where it is muted. */
  archived: z.union([z.literal(false), Archived]).optional(),
});
export type ChatMarks = z.infer<typeof ChatMarks>;

/** Of these at least one, as it is to be from now on. */
export const markWish = {
  muted: z.boolean().optional(),
  pinned: z.boolean().optional(),
  unread: z.boolean().optional(),
  archived: z.boolean().optional(),
};
export const namesOne = [
  (wish: object) => Object.keys(markWish).some((mark) => Object.hasOwn(wish, mark)),
  `must have one of ${Object.keys(markWish).join(', ')}`,
] as const;

/** Where it stands in one's own log, and when. Not `rev`: that is the place of a change in a chat. */
const head = { ownRev: seq, at: time };

/** These marks of a chat are so from now on; the others stay as they were. */
export const ChatMarked = z.object({ ...head, kind: z.literal('chat:marked'), chatId: id, marks: ChatMarks });

/** What one has begun to write in a chat. */
export const UnsentText = z.object({
  text: z.string(),
  parentId: id.optional(),
  /** Of the message that it becomes: with that it is over. */
  clientMessageId: clientId,
});
export type UnsentText = z.infer<typeof UnsentText>;

/** This is what one writes in a chat from now on; nothing, where it is left out. */
export const DraftChanged = z.object({
  ...head,
  kind: z.literal('draft:changed'),
  chatId: id,
  draft: UnsentText.optional(),
});

/** What came of saving one, and what is so now. */
export const DraftSaved = z.object({
  /** The place of what is so in one's own log; 0 where there never was a draft. */
  ownRev: seq,
  /** False: it is not kept, for there is another one by then, or the message that it was to become. */
  saved: z.boolean(),
  draft: UnsentText.optional(),
});
export type DraftSaved = z.infer<typeof DraftSaved>;

const known = [ChatMarked, DraftChanged] as const;
const kinds: readonly string[] = known.map(({ shape }) => shape.kind.value);

/** A change of a kind that only a newer replica knows. It takes its place. */
export const OpaqueOwnChange = z
  .looseObject({ ...head, kind: z.string() })
  .refine(({ kind }) => !kinds.includes(kind), 'is not what a change of this kind looks like');

/** A change of what is one's own, and the same on all one's devices. Numbered `ownRev` without holes, by person. */
export const OwnChange = z.union([...known, OpaqueOwnChange]);
export type OwnChange = z.infer<typeof OwnChange>;
export type ChatMarked = z.infer<typeof ChatMarked>;
export type DraftChanged = z.infer<typeof DraftChanged>;

/** What follows a place in one's own log, without what a later one replaced; all there is up to `rev`. */
export const OwnPage = z.object({
  rev: seq,
  changes: z.array(OwnChange),
  more: z.boolean(),
  /** That place never was: this is all from the beginning, in place of what was known. */
  reset: z.literal(true).optional(),
});
export type OwnPage = z.infer<typeof OwnPage>;

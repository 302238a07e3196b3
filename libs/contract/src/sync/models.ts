import { z } from 'zod';
import { BanChanged } from '../ban/models.js';
import { changeHead, seq } from '../base/fields.js';
import { Chat, ChatDeleted, ChatUpdated } from '../chat/models.js';
import { MemberAdded, MemberRemoved, MemberUpdated } from '../member/models.js';
import { Message, MessageDeleted, MessageEdited } from '../message/models.js';
import { MessageReacted } from '../reaction/models.js';

/** A change to what is already there, numbered `rev` in its chat; `kind` is the name of the fact that carries it. */
export const Change = z.discriminatedUnion('kind', [
  MessageEdited,
  MessageDeleted,
  MessageReacted,
  MemberAdded,
  MemberUpdated,
  MemberRemoved,
  BanChanged,
  ChatUpdated,
  ChatDeleted,
]);
export type Change = z.infer<typeof Change>;
export type ChangeKind = Change['kind'];

const knownKinds: ReadonlySet<string> = new Set(Change.options.map(({ shape }) => shape.kind.value));

/**
 * A change of a kind that the client does not know, or, as `opaque`, one of which the replica that told it knows no more than
 * this: a newer one made it. It takes its `rev`.
 */
export const OpaqueChange = z
  .looseObject({ ...changeHead, kind: z.string(), opaque: z.literal(true).optional() })
  .refine(({ kind, opaque }) => opaque || !knownKinds.has(kind), 'is not what a change of this kind looks like');
export type OpaqueChange = z.infer<typeof OpaqueChange>;

export const AnyChange = z.union([Change, OpaqueChange]);
export type AnyChange = z.infer<typeof AnyChange>;

/** Where somebody stands in the two logs of a chat: the last message and the last change they have. */
export const Position = z.strictObject({ seq, rev: seq });
export type Position = z.infer<typeof Position>;

/** What a caller has missed of one chat. Exactly one of the four. */
export const ChatSync = z.union([
  /** Everything after the position, or its first page (`more`); `seq` and `rev` are where the caller stands after it. */
  z.object({
    seq,
    rev: seq,
    /** How far the caller has marked the chat as read, on whatever device; older replicas do not say. */
    readSeq: seq.optional(),
    messages: z.array(Message),
    changes: z.array(AnyChange),
    more: z.boolean(),
  }),
  /** Too much to tell, or a position that never was: begin anew with this state and the newest page. */
  z.object({ reset: z.literal(true), chat: Chat, messages: z.array(Message) }),
  /** Not a chat of the caller, any more or ever. */
  z.object({ gone: z.literal(true) }),
  /** New to the caller. */
  z.object({ chat: Chat }),
]);
export type ChatSync = z.infer<typeof ChatSync>;

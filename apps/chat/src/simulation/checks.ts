import type { ChangeDocument } from '../logs/change.schema.js';
import type { MessageDocument } from '../messages/message.schema.js';
import type { Draft } from './ledger.js';
import type { World } from './world.js';

/** What is stored when all is over. */
interface Stored {
  readonly messages: readonly MessageDocument[];
  readonly changes: readonly ChangeDocument[];
}

type Check = (world: World, stored: Stored) => Iterable<string>;

/** What is wrong with a run that is over; empty where every promise was kept. */
export function problemsOf(world: World): string[] {
  const all = (name: 'messages' | 'changes') => [...world.set.read(name, 'majority')] as unknown[];
  const stored = { messages: all('messages') as MessageDocument[], changes: all('changes') as ChangeDocument[] };
  const found = checks.flatMap((check) => [...check(world, stored)]);
  return [...world.ledger.problems, ...world.ledger.unanswered, ...found];
}

const checks: readonly Check[] = [
  /** Both logs are numbered 1, 2, 3 … in each chat. */
  function* numbered(_world, { messages, changes }) {
    yield* holesOf(
      'messages',
      messages.map(({ chatId, seq }) => [chatId.toHexString(), seq]),
    );
    yield* holesOf(
      'changes',
      changes.map(({ chatId, rev }) => [chatId.toHexString(), rev]),
    );
  },

  /** Who was told that a message is stored was told its place for ever; each draft is there once. */
  function* acknowledgedIsStored({ ledger }, { messages }) {
    for (const { draft, message } of ledger.acknowledged) {
      const found = messages.filter((one) => isOf(draft, one));
      const isThere = found.some((one) => one._id.toHexString() === message.id && isAt(one, draft.chatId, message.seq));
      if (!isThere || found.length !== 1) {
        const places = found.map(({ seq }) => seq).join() || 'none';
        yield `${draft.text} was acknowledged at ${message.seq} and is stored at ${places}`;
      }
    }
  },

  /** Nothing is stored that nobody wrote, nor under other words. */
  function* storedIsWritten({ ledger }, { messages, changes }) {
    for (const message of messages) {
      const draft = ledger.drafts.find((one) => isOf(one, message));
      const { text, deletedAt } = foldOf(message, changes, draft?.text);
      if (!draft) yield `nobody wrote what is stored at ${message.seq}: ${message.text}`;
      else if (message.text !== text || (message.deletedAt === undefined) === deletedAt)
        yield `${draft.text} is '${message.text}' after all changes, not '${text}'`;
    }
  },

  /** What one device sends to a chat, and again until it is acknowledged, keeps its order. */
  function* deviceOrder({ ledger }, { messages }) {
    const last = new Map<string, { readonly draft: Draft; readonly seq: number }>();
    for (const draft of ledger.drafts) {
      const seq = messages.find((one) => isOf(draft, one))?.seq;
      if (seq === undefined || draft.clientMessageId === undefined) continue;
      const key = `${draft.device} ${draft.chatId}`;
      const before = last.get(key);
      if (before && before.seq > seq) yield `${draft.text} is stored before ${before.draft.text}`;
      last.set(key, { draft, seq });
    }
  },

  /** Facts are what is stored, each told once and in their order by a replica. */
  function* toldIsStored({ ledger }, { messages }) {
    const toldIds = new Set<string>();
    const places = new Map(messages.map(({ _id, seq }) => [_id.toHexString(), seq]));
    for (const [replica, told] of ledger.told) {
      const last = new Map<string, number>();
      for (const { id, chatId, seq, text } of told) {
        if (places.get(id) !== seq) yield `${replica} told ${text} at ${seq}, which is not stored`;
        if (toldIds.has(id)) yield `${text} was told twice`;
        if ((last.get(chatId) ?? 0) >= seq) yield `${replica} told ${text} after a later one`;
        toldIds.add(id);
        last.set(chatId, seq);
      }
    }
  },

  /** What a reader was shown stays so, and was as new as it was said to be. */
  function* shownIsStored({ ledger }, { messages, changes }) {
    const places = new Map(messages.map(({ _id, seq }) => [_id.toHexString(), seq]));
    for (const { id, seq, rev, textRev } of ledger.shown) {
      if (places.get(id) !== seq) yield `a reader was shown a message at ${seq}, which is not stored`;
      const behind = editsOf(id, changes).find((edit) => edit.rev <= rev && edit.rev > textRev);
      if (behind) yield `a reader was shown ${seq} without change ${behind.rev}, after all up to ${rev}`;
    }
  },

  /** What was said to be changed is in the log, and every change of the log is applied. */
  function* changesHold({ ledger }, { messages, changes }) {
    for (const { rev, pending } of changes) if (pending) yield `change ${rev} is still to be applied`;
    for (const { messageId, text } of ledger.changed) {
      const isThere = editsOf(messageId, changes).some(({ body }) => (body as { text?: string }).text === text);
      if (!isThere) yield `a change to '${text ?? 'nothing'}' was acknowledged and is not in the log`;
    }
    for (const id of ledger.saidDeleted) {
      if (!messages.find(({ _id }) => _id.toHexString() === id)?.deletedAt)
        yield `${id} was said to be deleted and is not`;
    }
  },

  /** Each state was ended once: a change names the text that the one before it gave. */
  function* statesEndOnce({ ledger }, { messages, changes }) {
    for (const message of messages) {
      let text = ledger.drafts.find((one) => isOf(one, message))?.text;
      for (const { rev, kind, body } of editsOf(message._id.toHexString(), changes)) {
        const edit = body as { readonly text?: string; readonly before?: string };
        if (kind === 'message:edited' && edit.before !== text)
          yield `change ${rev} was decided on '${edit.before}', not '${text}'`;
        text = edit.text;
      }
    }
  },
];

function* holesOf(log: string, places: readonly (readonly [chatId: string, place: number])[]): Iterable<string> {
  for (const chatId of new Set(places.map(([chat]) => chat))) {
    const taken = places
      .flatMap(([chat, place]) => (chat === chatId ? [place] : []))
      .toSorted((one, other) => one - other);
    if (taken.some((place, index) => place !== index + 1)) yield `${log} of a chat are numbered ${taken.join()}`;
  }
}

const isAt = (message: MessageDocument, chatId: string, seq: number): boolean =>
  message.seq === seq && message.chatId.toHexString() === chatId;

/** A draft that may be sent again is known by its id, any other by its text, which nobody edits. */
const isOf = ({ text, clientMessageId }: Draft, message: MessageDocument): boolean =>
  clientMessageId === undefined ? message.text === text : message.clientMessageId === clientMessageId;

const editsOf = (id: string, changes: readonly ChangeDocument[]): ChangeDocument[] =>
  changes
    .filter(({ body }) => (body as { messageId?: string }).messageId === id)
    .toSorted((one, other) => one.rev - other.rev);

/** What a message is after all its changes. */
function foldOf(message: MessageDocument, changes: readonly ChangeDocument[], sent: string | undefined) {
  const edits = editsOf(message._id.toHexString(), changes);
  if (edits.some(({ kind }) => kind === 'message:deleted')) return { text: undefined, deletedAt: true };
  const last = edits.at(-1)?.body as { readonly text: string } | undefined;
  return { text: last ? last.text : sent, deletedAt: false };
}

import type { Chat } from '@roost/contract';
import { isBehind } from '../../src/state/chat.js';
import type { ClientEvent } from '../../src/state/events.js';
import { entryOf } from '../../src/state/pieces.js';
import { reduce } from '../../src/state/reduce.js';
import type { ChatState, State } from '../../src/state/state.js';

/** Throws where a step of the state broke what has to hold after every one. */
export function checkStep(before: State, event: ClientEvent, after: State): void {
  const wrong = [...wrongIn(after), ...wrongBetween(before, event, after)];
  if (wrong.length > 0) throw new Error(`after ${event.type} ${JSON.stringify(event)}: ${wrong.join('; ')}`);
}

function* wrongIn({ chats, list, behind, unheard }: State): Generator<string> {
  const all = entriesOf(chats);
  if (all.length !== list.length) yield 'the list has other chats';
  for (const [index, one] of list.entries()) {
    const next = list[index + 1];
    if (next && !isBefore(one, next)) yield `${one.id} is out of order`;
    if (entryOf(chats, one.id)?.chat !== one) yield `${one.id} is listed as it was`;
  }
  for (const [chatId, chat] of all) {
    if (isBehind(chat) !== Object.hasOwn(behind, chatId)) yield `${chatId} is behind, or is not, and it is not said`;
    yield* wrongSegments(chat);
  }
  for (const chatId of Object.keys(unheard)) if (!Object.hasOwn(behind, chatId)) yield `nobody will ask for ${chatId}`;
}

const entriesOf = (chats: State['chats']) => chats.flatMap((piece) => Object.entries(piece));

function isBefore(one: Chat, other: Chat): boolean {
  if (one.lastActivityAt !== other.lastActivityAt) return one.lastActivityAt > other.lastActivityAt;
  return one.id < other.id;
}

function* wrongSegments({ chat, segments }: ChatState): Generator<string> {
  if (segments.at(-1)?.to !== chat.lastSeq) yield `${chat.id} does not end at its end`;
  for (const [index, { from, to, messages }] of segments.entries()) {
    const next = segments[index + 1];
    if (next && next.from <= to + 1) yield `parts of ${chat.id} meet at ${to}`;
    for (const [place, { seq }] of messages.entries()) {
      if (seq < from || seq > to) yield `${seq} is not in ${from} to ${to}`;
      if (seq <= (messages[place - 1]?.seq ?? 0)) yield `${seq} is out of order`;
    }
  }
}

function* wrongBetween(before: State, event: ClientEvent, after: State): Generator<string> {
  if (isRepeatable(event) && reduce(after, event) !== after) yield 'a repetition made another state';
  const concerned = chatOf(event);
  for (const [chatId, chat] of entriesOf(after.chats)) {
    const old = entryOf(before.chats, chatId);
    if (!old || old === chat || event.type === 'began' || event.type === 'restored') continue;
    if (concerned !== undefined && concerned !== chatId)
      yield `${chatId} is another object, though nothing happened there`;
    if (!isReset(event)) yield* wrongCopies(old, chat);
  }
}

/** Every message that did not change is the very same object; two changes at once may lead back to where it was. */
function* wrongCopies(before: ChatState, after: ChatState): Generator<string> {
  if (after.chat.rev > before.chat.rev + 1) return;
  const old = new Map(before.segments.flatMap(({ messages }) => messages.map((one) => [one.seq, one] as const)));
  for (const message of after.segments.flatMap(({ messages }) => messages)) {
    const known = old.get(message.seq);
    if (known && known !== message && JSON.stringify(known) === JSON.stringify(message))
      yield `message ${message.seq} is a copy`;
  }
}

const isReset = (event: ClientEvent): boolean => event.type === 'synced' && 'reset' in event.answer;

/** Begins anew each time: a state that is told whole, pages that are counted, and what the outbox says once. */
const isRepeatable = (event: ClientEvent): boolean =>
  !isReset(event) && !['reading', 'read', 'confirmed', 'made'].includes(event.type);

/** The only chat that an event can change. */
function chatOf(event: ClientEvent): string | undefined {
  if (event.type === 'fact') {
    const payload = event.payload as { readonly chatId?: string; readonly id?: string };
    return event.name === 'chat:created' ? payload.id : payload.chatId;
  }
  if (event.type === 'learned') return event.chat.id;
  return 'chatId' in event ? event.chatId : undefined;
}

import { ChatError } from '@roost/contract';
import type { Message } from '@roost/contract';
import type { Act, ActReply, Draft } from '../../src/outbox/draft.js';
import { OutboxEntry } from '../../src/outbox/entry.js';
import type { ClientEvent } from '../../src/state/events.js';
import { reduce } from '../../src/state/reduce.js';
import { initialState } from '../../src/state/state.js';
import type { State } from '../../src/state/state.js';
import { deepFreeze } from './deep-freeze.js';
import { ada } from './model-chat.js';

const createdAt = '2026-02-01T00:00:00.000Z';

/**
 * What `RoostClient` does with the state, without a network: each event goes through the one door, and one's own messages are
 * told to the outbox first. Whoever drives it sends the drafts and reads what is missing.
 */
export class ModelClient {
  private state: State;
  private readonly outbox: OutboxEntry[] = [];
  private count = 0;

  /** @param looks is shown every step; all that it is shown is frozen */
  constructor(
    readonly messagesPerChat: number,
    private readonly looks: (before: State, event: ClientEvent, after: State) => void = () => {},
  ) {
    this.state = deepFreeze(initialState(messagesPerChat));
  }

  readonly getSnapshot = (): State => this.state;
  readonly subscribe = (): (() => void) => () => {};

  readonly dispatch = (event: ClientEvent): void => {
    for (const message of messagesIn(event)) this.confirm(message);
    const before = this.state;
    this.state = deepFreeze(reduce(before, deepFreeze(event)));
    this.looks(before, event, this.state);
  };

  /** What waits to be sent, in its order. */
  get drafts(): readonly Draft[] {
    return this.outbox.map(({ draft }) => draft);
  }

  /** Keeps something to be sent. @param drafts of an earlier run */
  restoreDrafts(drafts: readonly Draft[]): void {
    for (const draft of drafts) this.outbox.push(new OutboxEntry(draft, draft.refusal ? 'failed' : 'waiting'));
    for (const chatId of new Set(drafts.map((draft) => draft.chatId))) this.tell(chatId);
  }

  /** @param name tells the drafts of several runs apart */
  write(chatId: string, act: (id: string) => Act, name = ''): void {
    const place = ++this.count;
    const id = `draft ${name}${place}`;
    this.outbox.push(new OutboxEntry({ ...act(id), id, chatId, createdAt, place }, 'waiting'));
    this.tell(chatId);
  }

  /** The draft of a chat whose turn it is, which is on its way from now on. */
  send(chatId: string): Draft | undefined {
    const entry = this.outbox.find(({ draft, stage }) => draft.chatId === chatId && stage !== 'failed');
    if (entry?.stage !== 'waiting') return undefined;
    this.stands(entry, 'sending');
    return entry.draft;
  }

  acknowledged(id: string, reply: ActReply): void {
    const entry = this.outbox.find(({ draft }) => draft.id === id);
    if (!entry) return;
    this.outbox.splice(this.outbox.indexOf(entry), 1);
    const [draft, change] = [entry.message(), entry.change()];
    if (draft && 'message' in reply) this.dispatch({ type: 'confirmed', draft, message: reply.message });
    if (change) this.dispatch({ type: 'made', change, reply });
    this.tell(entry.draft.chatId);
  }

  /** It is sent again. */
  unanswered(id: string): void {
    const entry = this.outbox.find(({ draft }) => draft.id === id);
    if (entry) this.stands(entry, 'waiting');
  }

  refused(id: string, error: ChatError): void {
    const entry = this.outbox.find(({ draft }) => draft.id === id);
    if (!entry) return;
    entry.draft = { ...entry.draft, refusal: error.toRefusal() };
    this.stands(entry, 'failed');
  }

  discardRefused(): void {
    for (const entry of this.outbox.filter(({ stage }) => stage === 'failed')) {
      this.outbox.splice(this.outbox.indexOf(entry), 1);
      this.tell(entry.draft.chatId);
    }
  }

  private confirm(message: Message): void {
    const { sender, clientMessageId, chatId } = message;
    const entry = this.outbox.find(({ draft }) => draft.id === clientMessageId && draft.chatId === chatId);
    if (sender.id === ada.id && entry) this.acknowledged(entry.draft.id, { message });
  }

  private stands(entry: OutboxEntry, stage: OutboxEntry['stage']): void {
    entry.stage = stage;
    this.tell(entry.draft.chatId);
  }

  private tell(chatId: string): void {
    const own = this.outbox.filter(({ draft }) => draft.chatId === chatId);
    const pending = own.flatMap((entry) => entry.message() ?? []);
    const changes = own.flatMap((entry) => entry.change() ?? []);
    this.dispatch({ type: 'drafts', chatId, pending, changes });
  }
}

function messagesIn(event: ClientEvent): readonly Message[] {
  if (event.type === 'fact') return event.name === 'message:new' ? [event.payload as Message] : [];
  if (event.type === 'synced') return 'messages' in event.answer ? event.answer.messages : [];
  return event.type === 'read' ? (event.page?.items ?? []) : [];
}

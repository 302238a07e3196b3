import { ChatError } from '@roost/contract';
import type { RequestInput } from '@roost/contract';
import type { Random } from '../../../testing/src/random.js';
import type { ConnectionState } from '../../src/connection/state.js';
import type { Act } from '../../src/outbox/draft.js';
import type { Asked, PageBound } from '../../src/state/events.js';
import { positionsOf } from '../../src/state/selectors.js';
import { MemoryStorage } from '../../src/storage/memory-storage.js';
import { SnapshotKeeper } from '../../src/storage/snapshot-keeper.js';
import { ManualClock, settle } from './manual-clock.js';
import { ModelClient } from './model-client.js';
import { ada } from './model-chat.js';
import { ModelWorld } from './model-world.js';
import type { Told } from './model-world.js';
import { checkStep } from './state-rules.js';
import { chatState, chatIdsOf } from '../../src/state/state.js';

/** Something on its way to Ada, which comes, or is lost. */
interface OnItsWay {
  readonly comes: () => void;
  readonly isLost: () => void;
}

const session = {
  userId: ada.id,
  sessionId: '5'.repeat(24),
  replica: 'model-1',
  protocol: 1,
  serverTime: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-12-31T00:00:00.000Z',
};
const connections: readonly ConnectionState[] = [
  { name: 'connecting', failures: 1 },
  { name: 'catchingUp', session },
  { name: 'live', session },
  { name: 'degraded', session, since: session.serverTime },
];

const beyondAll = { seq: 2 ** 31, rev: 2 ** 31 };

/** Everything that happens to a state, in an order that follows from a seed: what is on its way comes in any order, twice, late or never. */
export class StateWalk {
  readonly world: ModelWorld;
  client: ModelClient;
  private wire: OnItsWay[] = [];
  private readonly storage = new MemoryStorage();
  private keeper: SnapshotKeeper;
  private runs = 0;
  private readonly steps: readonly (() => void | Promise<void>)[];

  /** @param loses whether some of what is told is lost, and the program ends now and then */
  constructor(
    private readonly random: Random,
    private readonly loses: boolean,
  ) {
    this.world = new ModelWorld(random, !loses);
    for (let count = 0; count < 3; count++) this.world.create();
    this.client = this.newClient();
    this.keeper = this.newKeeper();
    this.client.dispatch({ type: 'began', userId: ada.id });
    this.sync();
    this.steps = [
      ...times(30, () => this.tell(this.world.happen())),
      ...times(34, () => this.arrive()),
      ...times(6, () => this.send()),
      ...times(5, () => this.write()),
      ...times(4, () => this.sync()),
      ...times(3, () => this.repair()),
      ...times(5, () => this.read()),
      ...times(2, () => this.look()),
      ...times(2, () => this.tell([this.world.heads()])),
      () => this.client.dispatch({ type: 'connection', state: random.pick(connections) }),
      () => this.client.discardRefused(),
      ...(random.chance(0.5) ? [] : [() => this.tell(this.world.create())]),
      ...(loses ? [() => this.keep(), () => this.restart()] : []),
    ];
  }

  async step(): Promise<void> {
    await this.random.pick(this.steps)();
  }

  /** Whatever is on its way comes, and all that waits is sent. */
  calm(): void {
    for (let isMore = true; isMore;) {
      while (this.wire.length > 0) this.arrive();
      const sent = this.world.chatIds.map((chatId) => this.sendTo(chatId, false));
      isMore = sent.some(Boolean);
    }
    this.client.discardRefused();
    this.client.dispatch({ type: 'connection', state: { name: 'live', session } });
  }

  private newClient(): ModelClient {
    return new ModelClient(this.random.pick([5, 20, 1_000]), checkStep);
  }

  private newKeeper(): SnapshotKeeper {
    return new SnapshotKeeper(this.client, this.storage, new ManualClock());
  }

  private tell(told: readonly Told[]): void {
    for (const fact of told) {
      const { client } = this;
      const comes = () => client.dispatch({ type: 'fact', ...fact });
      const copies = this.loses && this.random.chance(0.15) ? 0 : 1 + this.random.below(2);
      for (let copy = 0; copy < copies; copy++) this.wire.push({ comes, isLost: () => {} });
    }
  }

  private arrive(): void {
    const [next] = this.wire.splice(this.random.below(this.wire.length), 1);
    if (!next) return;
    if (this.loses && this.random.chance(0.05)) next.isLost();
    else next.comes();
  }

  /** An answer that says what was so when it was asked for, or when it comes. */
  private answer<Answer>(ask: () => Answer, comes: (answer: Answer) => void, isLost: () => void = () => {}): void {
    const early = this.random.chance(0.7) ? { answer: ask() } : undefined;
    this.wire.push({ comes: () => comes(early ? early.answer : ask()), isLost });
  }

  private sync(): void {
    const { client, world } = this;
    const asked = positionsOf(client.getSnapshot());
    this.answer(
      () => world.sync(asked, true, 1 + this.random.below(20)),
      ({ chats }) => {
        for (const [chatId, answer] of Object.entries(chats))
          client.dispatch({ type: 'synced', chatId, answer, ...(asked[chatId] && { since: asked[chatId] }) });
      },
    );
  }

  /** As the watch for gaps does it. */
  private repair(): void {
    const { client, world } = this;
    const state = client.getSnapshot();
    const chatId = this.random.pick(Object.keys(state.behind));
    if (chatId === undefined) return;
    const since = positionsOf(state, [chatId])[chatId] ?? beyondAll;
    this.answer(
      () => world.sync({ [chatId]: since }, false, 20).chats[chatId]!,
      (answer) => client.dispatch({ type: 'synced', chatId, answer, since }),
    );
  }

  /** A page of history; of a chat that is gone by then, none. */
  private read(): void {
    const { client, random } = this;
    const state = client.getSnapshot();
    const chat = chatState(state, random.pick(chatIdsOf(state)) ?? '');
    if (!chat) return;
    const { id: chatId, lastSeq } = chat.chat;
    const seq = 1 + random.below(lastSeq + 1);
    const bound: PageBound = random.pick([{ before: seq }, { after: seq }, { around: seq }]);
    const asked: Asked = { ...bound, lastSeq, epoch: chat.epoch };
    const request: RequestInput<'message:list'> = { chatId, ...bound, limit: 1 + random.below(8) };
    if (random.chance(0.7)) client.dispatch({ type: 'looking', chatId, at: { from: seq, to: seq } });
    client.dispatch({ type: 'reading', chatId });
    const isLost = () => client.dispatch({ type: 'read', chatId, asked });
    this.answer(
      () => this.pageOf(request),
      (page) => (page ? client.dispatch({ type: 'read', chatId, asked, page }) : isLost()),
      isLost,
    );
  }

  private pageOf(request: RequestInput<'message:list'>) {
    try {
      const { items, more, moreBefore = more, moreAfter = more } = this.world.list(request);
      if (request.before !== undefined) return { items, moreBefore, moreAfter: true };
      return { items, moreBefore: request.after !== undefined || moreBefore, moreAfter };
    } catch (error) {
      if (error instanceof ChatError) return undefined;
      throw error;
    }
  }

  private look(): void {
    const chatId = this.random.pick(chatIdsOf(this.client.getSnapshot()));
    if (chatId !== undefined) this.client.dispatch({ type: 'looking', chatId });
  }

  private write(): void {
    const { client, random } = this;
    const state = client.getSnapshot();
    const chatId = random.pick(chatIdsOf(state));
    if (chatId === undefined) return;
    const known = chatState(state, chatId)!.segments.flatMap(({ messages }) => messages);
    const messageId = random.pick(known)?.id;
    const text = `written ${random.below(1_000)}`;
    const acts: readonly ((id: string) => Act)[] = [
      (clientMessageId) => ({ command: 'message:send', request: { chatId, text, clientMessageId } }),
      () => ({ command: 'chat:update', request: { chatId, title: text } }),
      () => ({ command: 'chat:update', request: { chatId, settings: { slowModeSeconds: random.below(10) } } }),
      ...(messageId === undefined
        ? []
        : [
            () => ({ command: 'message:edit', request: { messageId, text } }) as const,
            () => ({ command: 'message:delete', request: { messageId } }) as const,
            () => ({ command: 'message:react', request: { messageId, emoji: '👍', on: random.chance(0.7) } }) as const,
          ]),
    ];
    client.write(chatId, random.chance(0.6) ? acts[0]! : random.pick(acts), `${this.runs}/`);
  }

  private send(): void {
    this.sendTo(this.random.pick(this.world.chatIds), this.loses);
  }

  /** Whether there was something to send, and it is on its way. */
  private sendTo(chatId: string, loses: boolean): boolean {
    const { client, random } = this;
    const draft = client.send(chatId);
    if (!draft) return false;
    if (loses && random.chance(0.1)) {
      client.unanswered(draft.id);
      return true;
    }
    const isLost = () => client.unanswered(draft.id);
    try {
      const { told, reply } = this.world.carryOut(draft);
      this.tell(told);
      this.wire.push({ comes: () => client.acknowledged(draft.id, reply), isLost });
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      this.wire.push({ comes: () => client.refused(draft.id, error), isLost });
    }
    return true;
  }

  private async keep(): Promise<void> {
    this.keeper.write();
    await settle();
  }

  /** The program ends, with all that was on its way, and begins from what it has kept. */
  private async restart(): Promise<void> {
    this.wire = [];
    this.runs++;
    const { drafts } = this.client;
    this.client = this.newClient();
    this.keeper = this.newKeeper();
    await this.keeper.restore();
    this.client.restoreDrafts(drafts);
    this.client.dispatch({ type: 'began', userId: ada.id });
    this.sync();
  }
}

const times = (count: number, act: () => void): (() => void)[] => Array.from({ length: count }, () => act);

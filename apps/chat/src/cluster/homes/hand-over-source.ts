import { ChatError } from '@roost/contract';
import { overloaded } from '../../kernel/overloaded.js';
import type { Answer } from './envelopes.js';
import type { Numbered, SourcePorts } from './source-ports.js';
import { unsentOf } from './stream.js';
import type { Item, Stream } from './stream.js';

interface Lane<Entry, Stored> {
  /** Entries being stored here. */
  own: number;
  /** Of these, such as were handed over once: a home may be storing them as well. */
  takenBack: number;
  /** Entries that lost their place here to another replica: they come before those that wait. */
  readonly lost: Item<Entry, Stored>[];
  stream: Stream<Entry, Stored> | undefined;
  /** For what is on its way to be decided: then they go another way than that did. */
  readonly waiting: Item<Entry, Stored>[];
}

/** What a home takes longer for is not coming. Above the default of SEND_WAIT_MAX_MS, the longest wait that it lets anybody in for. */
export const answerMaxMs = 3_000;

/**
 * Stores the entries of a replica here, or hands those of a contended chat to its home. An entry goes one of these ways only
 * when all before it in its chat, that went the other, are decided; what the home does not answer in time is stored here,
 * in its order and under the ids it has, while the home may do the same: each id is stored once, whoever comes first.
 */
export class HandOverSource<Entry extends Numbered, Stored> {
  private readonly lanes = new Map<string, Lane<Entry, Stored>>();
  private readonly byId = new Map<string, { readonly stream: Stream<Entry, Stored>; readonly n: number }>();
  private readonly streams = new Set<Stream<Entry, Stored>>();
  private readonly unsent = new Set<Stream<Entry, Stored>>();
  private epochs = 0;

  constructor(private readonly ports: SourcePorts<Entry, Stored>) {}

  append(chatId: string, entry: Entry): Promise<Stored> {
    return new Promise((stored, failed) => {
      const known = this.lanes.get(chatId);
      const lane = known ?? { own: 0, takenBack: 0, lost: [], stream: undefined, waiting: [] };
      if (!known) this.lanes.set(chatId, lane);
      this.place(chatId, lane, { entry, stored, failed, handedAtMs: 0 });
    });
  }

  /** Whether something stored elsewhere was handed over from here: then whoever waits for it is told. */
  heard(id: string, stored: Stored): boolean {
    const at = this.byId.get(id);
    if (!at) return false;
    at.stream.storedUpTo = Math.max(at.stream.storedUpTo, at.n);
    const item = this.settle(at.stream, at.n);
    if (item) this.ports.waited(this.ports.nowMs() - item.handedAtMs);
    item?.stored(stored);
    return true;
  }

  /** What a home says of an entry in place of a broadcast; nothing where that was not handed to it, or was taken back. */
  answered(home: string, { chatId, epoch, n, said }: Answer): void {
    const stream = this.lanes.get(chatId)?.stream;
    if (stream?.home !== home || stream.epoch !== epoch || !stream.outstanding.has(n)) return;
    if (said === 'broken') return this.takeBack(stream);
    if (said === 'seen before') {
      stream.storedUpTo = Math.max(stream.storedUpTo, n);
      return this.settle(stream, n)?.failed(this.ports.seenBefore());
    }
    this.refused(stream, n, ChatError.fromRefusal(said as ReturnType<ChatError['toRefusal']>));
  }

  /** Every few hundred milliseconds: takes back what was not answered in time, or what a home has that is gone. */
  look(): boolean {
    const longAgoMs = this.ports.nowMs() - answerMaxMs;
    for (const stream of this.streams) {
      const isLate = (first(stream.outstanding)?.handedAtMs ?? Infinity) <= longAgoMs;
      if (isLate) this.ports.unheard(stream.home);
      if (isLate || !this.ports.isThere(stream.home)) this.takeBack(stream);
    }
    return this.streams.size > 0;
  }

  private place(chatId: string, lane: Lane<Entry, Stored>, item: Item<Entry, Stored>): void {
    const { stream, own, lost, waiting } = lane;
    const home = this.ports.homeOf(chatId);
    const isOtherWay = stream ? stream.isOver || stream.home !== home : home !== undefined && own > 0;
    if (lost.length > 0 || waiting.length > 0 || isOtherWay) waiting.push(item);
    else if (home === undefined) this.storeHere(chatId, lane, item);
    else this.hand((lane.stream ??= this.open(chatId, home)), item);
  }

  private open(chatId: string, home: string): Stream<Entry, Stored> {
    const epoch = ++this.epochs;
    const stream = { chatId, home, epoch, outstanding: new Map(), next: 0, unsent: 0, storedUpTo: -1, isOver: false };
    this.streams.add(stream);
    return stream;
  }

  private hand(stream: Stream<Entry, Stored>, item: Item<Entry, Stored>): void {
    item.entry.id ??= this.ports.newId();
    item.handedAtMs = this.ports.nowMs();
    const n = stream.next++;
    stream.outstanding.set(n, item);
    this.byId.set(item.entry.id, { stream, n });
    if (this.unsent.size === 0) this.ports.atEndOfTurn(() => this.sendAll());
    this.unsent.add(stream);
  }

  /** All of this turn to one home together. */
  private sendAll(): void {
    const streams = [...this.unsent].filter((stream) => this.streams.has(stream) && !stream.isOver);
    this.unsent.clear();
    for (const [home, ofHome] of Map.groupBy(streams, (stream) => stream.home)) {
      for (const sent of unsentOf(ofHome)) {
        const stretches = [...sent.values()];
        this.ports.observe(
          'handed over',
          stretches.reduce((sum, { entries }) => sum + entries.length, 0),
        );
        this.ports.inBackground(async () => {
          if (await this.ports.send(home, stretches)) return;
          for (const stream of sent.keys()) this.takeBack(stream);
        });
      }
    }
  }

  /** The home has tried nothing behind what it refuses, and will not. */
  private refused(stream: Stream<Entry, Stored>, n: number, refusal: ChatError): void {
    const lane = this.lanes.get(stream.chatId);
    stream.isOver = true;
    const behind: Item<Entry, Stored>[] = [];
    for (const later of [...stream.outstanding.keys()].filter((one) => one > n)) {
      const item = this.forget(stream, later);
      if (item) behind.push(item);
    }
    // They would only make the queue longer here.
    const isOverloaded = refusal.code === 'server/overloaded';
    if (isOverloaded) for (const item of behind) item.failed(overloaded());
    else lane?.waiting.unshift(...behind);
    this.ports.observe('refused', isOverloaded ? behind.length + 1 : 1);
    this.settle(stream, n)?.failed(refusal);
  }

  /** A decided entry is outstanding no more. */
  private settle(stream: Stream<Entry, Stored>, n: number): Item<Entry, Stored> | undefined {
    const item = this.forget(stream, n);
    if (stream.outstanding.size === 0) this.close(stream);
    return item;
  }

  private forget(stream: Stream<Entry, Stored>, n: number): Item<Entry, Stored> | undefined {
    const item = stream.outstanding.get(n);
    stream.outstanding.delete(n);
    this.byId.delete(item?.entry.id ?? '');
    return item;
  }

  private close(stream: Stream<Entry, Stored>): void {
    this.streams.delete(stream);
    const lane = this.lanes.get(stream.chatId);
    if (!lane) return;
    lane.stream = undefined;
    this.goOn(stream.chatId, lane);
  }

  private takeBack(stream: Stream<Entry, Stored>): void {
    const lane = this.lanes.get(stream.chatId);
    if (!this.streams.delete(stream) || !lane) return;
    lane.stream = undefined;
    this.ports.observe('taken back', stream.outstanding.size);
    for (const [n, item] of stream.outstanding) {
      this.byId.delete(item.entry.id ?? '');
      // Its broadcast was lost.
      if (n < stream.storedUpTo) this.ports.inBackground(() => this.lookUp(item));
      else this.storeHere(stream.chatId, lane, item);
    }
    this.goOn(stream.chatId, lane);
  }

  private async lookUp({ entry, stored, failed }: Item<Entry, Stored>): Promise<void> {
    try {
      const found = await this.ports.find(entry);
      if (found === undefined) failed(new ChatError('store/unavailable'));
      else stored(found);
    } catch (error) {
      failed(error);
    }
  }

  private storeHere(chatId: string, lane: Lane<Entry, Stored>, item: Item<Entry, Stored>): void {
    const { entry, stored, failed } = item;
    const wasHanded = entry.id === undefined ? 0 : 1;
    lane.own++;
    lane.takenBack += wasHanded;
    let isReclaimed = false;
    // None goes to a home past one that must not.
    const reclaim = () => {
      isReclaimed = lane.takenBack === 0 && this.ports.homeOf(chatId) !== undefined;
      if (isReclaimed) lane.lost.push(item);
      return isReclaimed;
    };
    const failedHere = (error: unknown) => {
      if (isReclaimed) return;
      failed(error);
      if (this.ports.isSeenBefore(error)) return;
      // They would overtake it: nobody knows whether it is stored, and its sender sends it again.
      for (const behind of lane.waiting.splice(0)) behind.failed(error);
    };
    const ended = () => {
      lane.own--;
      lane.takenBack -= wasHanded;
      this.goOn(chatId, lane);
    };
    this.ports.store(chatId, entry, reclaim).then(stored, failedHere).then(ended, ended);
  }

  /** Where all is decided, those who waited for that go the way that is the right one now. */
  private goOn(chatId: string, lane: Lane<Entry, Stored>): void {
    if (lane.own > 0 || lane.stream) return;
    const waiting = [...lane.lost.splice(0), ...lane.waiting.splice(0)];
    if (waiting.length === 0) this.lanes.delete(chatId);
    for (const item of waiting) this.place(chatId, lane, item);
  }
}

const first = <Value>(map: ReadonlyMap<unknown, Value>): Value | undefined => map.values().next().value;

import { runInBackground } from '../../kernel/boundary.js';
import type { Clock } from '../../kernel/clock.js';
import { metrics } from '../metrics.js';
import { Contended } from './contended.js';
import { entriesMax } from './envelopes.js';
import type { Answer, LogName, Stretch } from './envelopes.js';
import { HandOverHome } from './hand-over-home.js';
import type { HomePorts } from './hand-over-home.js';
import { HandOverSource } from './hand-over-source.js';
import type { Numbered, SourcePorts } from './source-ports.js';

/** What a log knows of its entries: to hand them over, and to store those of others. */
export interface HandedLog<Entry extends Numbered, Handed, Checked, Stored>
  extends
    Pick<SourcePorts<Entry, Stored>, 'store' | 'find' | 'seenBefore' | 'isSeenBefore' | 'newId'>,
    Pick<HomePorts<Handed, Checked>, 'parse' | 'check'> {
  readonly name: LogName;
  /** An entry as it travels. */
  readonly wire: (entry: Entry) => unknown;
  /** Whether this replica would hear what the home tells of a chat. */
  readonly hears: (chatId: string) => boolean;
  readonly storeOfOther: HomePorts<Handed, Checked>['store'];
}

/** What a log needs to know of the other replicas, and how it speaks to them. */
export interface OtherReplicas {
  /** The home of a chat that is another replica; undefined where it is this one, or where others may not be heard. */
  homeOf(chatId: string): string | undefined;
  isThere(replica: string): boolean;
  /** It did not answer in time. */
  avoid(replica: string): void;
  /** Says whether the home has taken it. */
  handOver(home: string, log: LogName, stretches: readonly Stretch[]): Promise<boolean>;
  answer(source: string, log: LogName, answers: readonly Answer[]): void;
}

/** Both sides of handing over the entries of a log: as a source of those of contended chats, and as the home of chats. */
export class HandOver<Entry extends Numbered, Handed, Checked, Stored> {
  private readonly contended: Contended;
  private readonly source: HandOverSource<Entry, Stored>;
  private readonly home: HandOverHome<Handed, Checked>;
  /** What this turn has to say to each source. */
  private readonly answers = new Map<string, Answer[]>();

  constructor(
    private readonly log: HandedLog<Entry, Handed, Checked, Stored>,
    private readonly replicas: OtherReplicas,
    private readonly clock: Clock,
  ) {
    const { name } = log;
    const nowMs = () => clock.nowMs();
    this.contended = new Contended(nowMs);
    this.source = new HandOverSource({
      ...log,
      homeOf: (chatId) => (this.contended.has(chatId) && log.hears(chatId) ? replicas.homeOf(chatId) : undefined),
      isThere: (replica) => replicas.isThere(replica),
      send: (home, stretches) =>
        replicas.handOver(
          home,
          name,
          stretches.map((stretch) => ({ ...stretch, entries: stretch.entries.map((entry) => log.wire(entry)) })),
        ),
      unheard: (home) => replicas.avoid(home),
      nowMs,
      atEndOfTurn: (work) => clock.atEndOfTurn('hand-over', work),
      inBackground,
      observe: (what, count) => counters[what].inc({ log: name }, count),
      waited: (ms) => metrics.handOverSeconds.observe({ log: name }, ms / 1000),
    });
    this.home = new HandOverHome({
      ...log,
      store: log.storeOfOther,
      answer: (source, answer) => this.answer(source, answer),
      inBackground,
    });
  }

  /** Stores an entry, here or at its home. */
  append(chatId: string, entry: Entry): Promise<Stored> {
    return this.source.append(chatId, entry);
  }

  /** Another replica was faster there. */
  lost(chatId: string): void {
    this.contended.lost(chatId);
  }

  /** Something was stored, by whatever replica. */
  heard(chatId: string, id: string, stored: Stored): void {
    if (!this.source.heard(id, stored)) this.contended.overheard(chatId);
  }

  /** Another replica hands over what it has for a chat. */
  handedOver(source: string, stretch: Stretch, isFresh: boolean): void {
    this.home.receive(source, stretch, isFresh);
  }

  answered(home: string, answer: Answer): void {
    this.source.answered(home, answer);
  }

  /** Every few hundred milliseconds while it says that something is handed over: what is overdue is taken back. */
  look(): boolean {
    return this.source.look();
  }

  private answer(source: string, answer: Answer): void {
    if (this.answers.size === 0) this.clock.atEndOfTurn('hand-over', () => this.sendAnswers());
    this.answers.set(source, [...(this.answers.get(source) ?? []), answer]);
  }

  private sendAnswers(): void {
    for (const [source, answers] of this.answers) {
      for (let start = 0; start < answers.length; start += entriesMax)
        this.replicas.answer(source, this.log.name, answers.slice(start, start + entriesMax));
    }
    this.answers.clear();
  }
}

const inBackground = (work: () => Promise<unknown>): void => runInBackground('hand-over', work);

const counters = {
  'handed over': metrics.handedOverTotal,
  'taken back': metrics.takenBackTotal,
  refused: metrics.handOverRefusedTotal,
};

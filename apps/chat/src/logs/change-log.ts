import { Injectable } from '@nestjs/common';
import type { AnyChange } from '@roost/contract';
import { PinoLogger } from 'nestjs-pino';
import { Clock } from '../kernel/clock.js';
import { newId, objectId } from '../store/ids.js';
import { SeenBefore, SequencedLog } from './sequenced-log.js';
import { ChangeApplier } from './change-applier.js';
import { ChangeKinds } from './change-kinds.js';
import type { ChangeBodies, ChangeKind, ChangeOf } from './change-kinds.js';
import type { ChangeDocument } from './change.schema.js';
import { ChangesRepository } from './changes.repository.js';
import type { RevRange } from './changes.repository.js';
import { requireSame } from './mutations.js';
import { Overtaken } from './overtaken.js';

/** A change to be decided: who does what to which chat. */
export interface NewChange<K extends ChangeKind> {
  readonly chatId: string;
  readonly by: string;
  readonly kind: K;
  readonly body: ChangeBodies[K];
  /** The state it was decided on and ends, from `stateOf`, or several; left out where any number of such changes may follow each other. */
  readonly ends?: string | readonly string[];
  /** What its client calls it, from `mutationOf`. */
  readonly mutation?: string | undefined;
  /** What brought it about, where that is to be found again. */
  readonly cause?: string | undefined;
}

/** What makes a change the same as another. */
export type Wanted<K extends ChangeKind> = {
  [Kind in K]: {
    readonly kind: Kind;
    readonly body: { readonly [Field in keyof ChangeBodies[Kind]]?: ChangeBodies[Kind][Field] | undefined };
  };
}[K];

/** What became of changes that were wanted together. */
export interface Decisions<K extends ChangeKind> {
  readonly changes: readonly ChangeOf<K>[];
  /** Why others were not decided. */
  readonly failures: readonly unknown[];
}

/** Changes of one chat read at once to be applied. */
const pendingPage = 500;

/**
 * The changes of all chats, numbered `rev`. The entry in the log is the decision; applying it follows at once, and where
 * that fails or its replica dies in between, whoever looks at the entry next does it.
 */
@Injectable()
export class ChangeLog {
  private readonly log: SequencedLog<ChangeDocument>;

  constructor(
    private readonly changes: ChangesRepository,
    private readonly applier: ChangeApplier,
    private readonly kinds: ChangeKinds,
    private readonly logger: PinoLogger,
    private readonly clock: Clock,
  ) {
    this.log = new SequencedLog(changes, { clock });
  }

  /**
   * Decides a change and applies it. Throws only where it is not decided: what is decided will be applied, and is `pending` until then.
   *
   * @throws Overtaken where a state it ends has ended already, or it was made before; the change that did it is applied by then
   */
  async make<K extends ChangeKind>(wanted: NewChange<K>): Promise<ChangeOf<K>> {
    const change = (await this.decide(wanted)) as unknown as ChangeOf;
    const [made = change] = await this.complete([change]);
    return made as ChangeOf<K>;
  }

  /** The same for several of one chat, which are applied together. */
  async makeAll<K extends ChangeKind>(wanted: readonly NewChange<K>[]): Promise<Decisions<K>> {
    const decisions = await Promise.allSettled(wanted.map((one) => this.decide(one)));
    const changes = decisions.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const inOrder = changes.toSorted((one, other) => one.rev - other.rev) as unknown as ChangeOf[];
    const applied = new Map((await this.complete(inOrder)).map((change) => [change.rev, change]));
    const made = inOrder.map((change) => applied.get(change.rev) ?? change) as unknown as ChangeOf<K>[];
    const failures = decisions.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
    return { changes: made, failures };
  }

  /**
   * Whether a change was made under this name before, in one of the ways in which it may be made; it is applied by then.
   *
   * @throws ChatError request/mutation_id_reused where it was another one
   */
  async wasMade<K extends ChangeKind>(
    chatId: string,
    mutation: string | undefined,
    ...wanted: readonly Wanted<K>[]
  ): Promise<boolean> {
    const change = mutation === undefined ? null : await this.changes.byMutation(chatId, mutation);
    if (!change) return false;
    requireSame(wanted.some((one) => isSame(change, one)));
    if (change.pending) await this.appliedHead(chatId);
    return true;
  }

  /** Whom changes that were made under these names have added. */
  async addedUnder(chatId: string, mutations: readonly string[]): Promise<ReadonlySet<string>> {
    if (mutations.length === 0) return new Set();
    const made = await this.changes.byMutations(chatId, mutations);
    return new Set(made.map(({ body }) => (body as { readonly userId: string }).userId));
  }

  /** Whether something brought about a change that this person made. */
  isCausedBy(chatId: string, cause: string, userId: string): Promise<boolean> {
    return this.changes.isCausedBy(chatId, cause, userId);
  }

  /** The states that were ended by what something brought about. */
  statesEndedBy(chatId: string, cause: string): Promise<ReadonlySet<string>> {
    return this.changes.statesEndedBy(chatId, cause);
  }

  /** How many changes each of these brought about; where there are none it is left out. */
  countCaused(chatId: string, causes: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.changes.countCaused(chatId, causes);
  }

  /** Changes that lie in these ranges, without those that a later one has replaced, as clients see them; those that are still to be applied are applied before. */
  async viewsWithin(ranges: readonly RevRange[]): Promise<AnyChange[]> {
    const changes = await this.changes.within(ranges);
    await this.applier.apply(changes.filter(({ pending }) => pending));
    return this.kinds.views(changes);
  }

  countWithin(ranges: readonly RevRange[]): Promise<ReadonlyMap<string, number>> {
    return this.changes.countWithin(ranges);
  }

  /**
   * The last rev of a chat, once everything up to it is applied that this replica can apply: whatever is read after this is
   * at least that new.
   */
  async appliedHead(chatId: string): Promise<number> {
    const rev = await this.changes.readHead(chatId);
    for (let after = 0, isMore = rev > 0; isMore;) {
      const pending = await this.changes.pendingOf(chatId, after, pendingPage);
      await this.applier.apply(pending);
      after = pending.at(-1)?.rev ?? rev;
      isMore = pending.length === pendingPage;
    }
    return rev;
  }

  private async decide<K extends ChangeKind>(wanted: NewChange<K>): Promise<ChangeDocument> {
    const { chatId, by, kind, body, ends, mutation, cause } = wanted;
    const key = this.kinds.of(kind).key?.(body);
    try {
      return await this.log.append(chatId, (rev) => ({
        _id: objectId(newId()),
        chatId: objectId(chatId),
        rev,
        kind,
        at: new Date(this.clock.nowMs()),
        by: objectId(by),
        body,
        ...(ends !== undefined && { ends }),
        ...(mutation !== undefined && { mutation }),
        ...(cause !== undefined && { cause }),
        ...(key !== undefined && { key }),
        pending: true,
      }));
    } catch (error) {
      if (!(error instanceof SeenBefore)) throw error;
      await this.appliedHead(chatId);
      throw new Overtaken();
    }
  }

  /**
   * Gives what was applied. Whoever only reads leaves the mark: a change that nobody lived to tell of is told by who takes it away.
   * Never rejects.
   */
  private async complete(changes: readonly ChangeOf[]): Promise<readonly ChangeOf[]> {
    try {
      const { applied, stuck } = await this.applier.apply(changes);
      await this.changes.markAllApplied(applied);
      for (const { change, error } of stuck) this.logLater(change, error);
      return applied;
    } catch (err) {
      for (const change of changes) this.logLater(change, err);
      return [];
    }
  }

  private logLater({ chatId, rev, kind }: ChangeDocument, err: unknown): void {
    this.logger.warn({ err, chatId: chatId.toHexString(), rev, kind }, 'change decided, to be applied later');
  }
}

function isSame({ kind, body }: ChangeDocument, wanted: { readonly kind: string; readonly body: object }): boolean {
  const made = body as Readonly<Record<string, unknown>>;
  return kind === wanted.kind && Object.entries(wanted.body).every(([field, value]) => made[field] === value);
}

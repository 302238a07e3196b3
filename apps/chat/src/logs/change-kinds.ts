import { Injectable } from '@nestjs/common';
import type { AnyChange, Change } from '@roost/contract';
import { reportFault } from '../kernel/boundary.js';
import { isStoreUnavailable } from '../store/store-trouble.js';
import type { ChangeDocument } from './change.schema.js';

/**
 * What is kept of each kind of change: enough to apply it and to tell it. A part adds its kinds to this list where it
 * registers them: `declare module '../logs/change-kinds.js' { interface ChangeBodies { 'message:pinned': … } }`.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- parts add to it
export interface ChangeBodies {}

/** The name of the fact that tells it. */
export type ChangeKind = keyof ChangeBodies & Change['kind'];

/** A change with the body of its kind: the union over all kinds. */
export type ChangeOf<K extends ChangeKind = ChangeKind> = {
  [Kind in K]: Omit<ChangeDocument, 'kind' | 'body'> & { readonly kind: Kind; readonly body: ChangeBodies[Kind] };
}[K];

/** What a change of this kind looks like to clients. */
export type ChangeViewOf<K extends ChangeKind = ChangeKind> = Extract<Change, { kind: K }>;

/** What is the same for every kind, as clients see it. */
export type ChangeHead = Pick<Change, 'chatId' | 'rev' | 'at' | 'by'>;

/** What is not the same for every kind. */
export type ShownChange<K extends ChangeKind> = Omit<ChangeViewOf<K>, keyof ChangeHead | 'kind'>;

/** What a part says of a kind of change that is its own. */
export interface KindOfChange<K extends ChangeKind> {
  /** Does them to other documents: changes of one chat. Has to be harmless to repeat, also after later changes. */
  readonly apply: (changes: readonly ChangeOf<K>[]) => Promise<void>;
  /**
   * What clients see of each beside the head, in few reads however many they are; left out where that is the body. States are
   * shown as they are now: a text that was deleted after an edit does not come back with the edit. One that gives nothing
   * cannot be shown.
   */
  readonly show?: (changes: readonly ChangeOf<K>[]) => Promise<readonly (ShownChange<K> | undefined)[]>;
  /**
   * What a change says all about, as "the text of that message", where the last one about it says what the earlier ones said: those are then
   * told to nobody who has missed them. Undefined for one that others do not replace.
   */
  readonly key?: (body: ChangeBodies[K]) => string | undefined;
  /** Tells those concerned; left out where that is the chat. */
  readonly tell?: (view: ChangeViewOf<K>) => void;
}

/** Every kind of change this replica knows, each registered once, at start, by the part it belongs to. */
@Injectable()
export class ChangeKinds {
  private readonly kinds = new Map<string, unknown>();

  register<K extends ChangeKind>(kind: K, entry: KindOfChange<K>): void {
    if (this.kinds.has(kind)) throw new Error(`${kind} is registered twice`);
    this.kinds.set(kind, entry);
  }

  /** False where a newer replica made it: this one cannot apply it, and shows that it has been. */
  knows(change: ChangeDocument): change is ChangeOf {
    return this.kinds.has(change.kind);
  }

  of<K extends ChangeKind>(kind: K): KindOfChange<K> {
    const entry = this.kinds.get(kind) as KindOfChange<K> | undefined;
    if (!entry) throw new Error(`nobody knows changes of the kind ${kind}`);
    return entry;
  }

  /** As facts and `sync` tell it. */
  async view<K extends ChangeKind>(change: ChangeOf<K>): Promise<ChangeViewOf<K>> {
    const [view] = await this.viewsOf<K>(change.kind, [change]);
    if (!view) throw new Error(`a change of the kind ${change.kind} cannot be shown`);
    return view;
  }

  /** In their order, those of a kind together. */
  async views(changes: readonly ChangeDocument[]): Promise<AnyChange[]> {
    const shown = new Map<ChangeDocument, AnyChange>();
    const known = changes.filter((change) => this.knows(change));
    for (const [kind, some] of Map.groupBy(known, (change) => change.kind)) {
      const views = await this.viewsOrFault(kind, some);
      some.forEach((change, index) => shown.set(change, views[index] ?? opaque(change)));
    }
    return changes.map((change) => shown.get(change) ?? opaque(change));
  }

  /** One that cannot be shown keeps nobody from those after it. */
  private async viewsOrFault(
    kind: ChangeKind,
    changes: readonly ChangeOf[],
  ): Promise<readonly (AnyChange | undefined)[]> {
    try {
      return await this.viewsOf(kind, changes);
    } catch (error) {
      if (isStoreUnavailable(error)) throw error;
      reportFault('change view', error);
      if (changes.length <= 1) return [];
      const each = await Promise.all(changes.map((change) => this.viewsOrFault(kind, [change])));
      return each.map(([view]) => view);
    }
  }

  private async viewsOf<K extends ChangeKind>(
    kind: K,
    changes: readonly ChangeOf<K>[],
  ): Promise<readonly (ChangeViewOf<K> | undefined)[]> {
    const { show } = this.of(kind);
    const shown: readonly unknown[] = show ? await show(changes) : changes.map(({ body }) => body);
    return changes.map((change, index) => {
      const rest = shown[index] as object | undefined;
      return rest && ({ ...headOf(change), ...rest, kind } as unknown as ChangeViewOf<K>);
    });
  }
}

/** What is kept of it is not for clients to see: it may say more than they may know. */
const opaque = (change: ChangeDocument): AnyChange => ({ ...headOf(change), kind: change.kind, opaque: true });

/** For kinds of which several at once are no less work than one after the other. */
export const oneByOne =
  <C>(apply: (change: C) => Promise<void>) =>
  async (changes: readonly C[]): Promise<void> => {
    for (const change of changes) await apply(change);
  };

const headOf = ({ chatId, rev, at, by }: Pick<ChangeDocument, keyof ChangeHead>): ChangeHead => ({
  chatId: chatId.toHexString(),
  rev,
  at: at.toISOString(),
  by: by.toHexString(),
});

import { Injectable } from '@nestjs/common';
import type { Change } from '@roost/contract';
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

/** What a part says of a kind of change that is its own. */
export interface KindOfChange<K extends ChangeKind> {
  /** Does it to other documents. Has to be harmless to repeat, also after later changes. */
  readonly apply: (change: ChangeOf<K>) => Promise<void>;
  /**
   * What clients see beside the head; left out where that is the body. States are shown as they are now: a text that was
   * deleted after an edit does not come back with the edit.
   */
  readonly show?: (change: ChangeOf<K>) => Promise<Omit<ChangeViewOf<K>, keyof ChangeHead | 'kind'>>;
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

  of<K extends ChangeKind>(change: ChangeOf<K>): KindOfChange<K> {
    const entry = this.kinds.get(change.kind) as KindOfChange<K> | undefined;
    if (!entry) throw new Error(`nobody knows changes of the kind ${change.kind}`);
    return entry;
  }

  /** As facts and `sync` tell it. */
  async view<K extends ChangeKind>(change: ChangeOf<K>): Promise<ChangeViewOf<K>> {
    const { show } = this.of(change);
    const rest = show ? await show(change) : change.body;
    return { ...headOf(change), ...rest, kind: change.kind } as unknown as ChangeViewOf<K>;
  }

  views(changes: readonly ChangeOf[]): Promise<Change[]> {
    return Promise.all(changes.map((change) => this.view(change)));
  }
}

const headOf = ({ chatId, rev, at, by }: Pick<ChangeDocument, keyof ChangeHead>): ChangeHead => ({
  chatId: chatId.toHexString(),
  rev,
  at: at.toISOString(),
  by: by.toHexString(),
});

import type { Message } from '@roost/contract';

/** A message that a device means to send. */
export interface Draft {
  readonly device: string;
  readonly userId: string;
  readonly chatId: string;
  /** Counted by the device, over all chats. */
  readonly number: number;
  readonly text: string;
  /** Left out where the device sends it once and never again. */
  readonly clientMessageId?: string;
}

/** A message as somebody was told that it is stored. */
export interface Acknowledged {
  readonly draft: Draft;
  readonly message: Message;
  readonly duplicate: boolean;
}

/** A message as a reader was shown it, after all changes up to `rev` were said to be applied. */
export interface Shown {
  readonly id: string;
  readonly chatId: string;
  readonly seq: number;
  readonly rev: number;
  /** The last edit of it; beyond all edits where it is deleted. */
  readonly textRev: number;
}

/** What everybody was told in a run, to be compared with what is stored when it is over. */
export class Ledger {
  readonly drafts: Draft[] = [];
  readonly acknowledged: Acknowledged[] = [];
  /** What each replica told as `message:new`, in its order. */
  readonly told = new Map<string, Message[]>();
  readonly shown: Shown[] = [];
  /** Changes that somebody was told are made; without a text, deletions. */
  readonly changed: { readonly messageId: string; readonly text: string | undefined }[] = [];
  /** Messages of which somebody was told that they are deleted. */
  readonly saidDeleted: string[] = [];
  readonly problems: string[] = [];
  private readonly openCalls = new Map<number, () => string | undefined>();
  private calls = 0;

  tell(replica: string, message: Message): void {
    const told = this.told.get(replica);
    if (told) told.push(message);
    else this.told.set(replica, [message]);
  }

  problem(what: string): void {
    this.problems.push(what);
  }

  /** @param overdue says what is wrong with it while it is not answered; gives the function that says it is */
  call(overdue: () => string | undefined): () => void {
    const number = this.calls++;
    this.openCalls.set(number, overdue);
    return () => this.openCalls.delete(number);
  }

  get isQuiet(): boolean {
    return this.openCalls.size === 0;
  }

  get unanswered(): readonly string[] {
    return [...this.openCalls.values()].flatMap((overdue) => overdue() ?? []);
  }
}

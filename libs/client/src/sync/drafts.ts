import { ChatError } from '@roost/contract';
import type { DraftSaved, RequestInput } from '@roost/contract';
import { inBackground } from '../background.js';
import type { Backoff } from '../backoff.js';
import { isRetryable, retryAfterOf } from '../failures.js';
import { hasFields } from '../has-fields.js';
import { randomId } from '../random-id.js';
import { Teller } from '../outbox/teller.js';
import type { Written } from '../state/own.js';
import type { Store } from '../state/store.js';
import { removeKept } from '../storage/remove-kept.js';
import type { ClientStorage } from '../storage/storage.js';
import type { Surroundings } from '../time.js';

/** Before what is typed is told, and between two times: whoever writes does not tell of each letter. */
const afterMs = 1_000;
const keyOf = (chatId: string): string => `written/${chatId}`;

export interface DraftPorts {
  readonly isOnline: () => boolean;
  readonly save: (request: RequestInput<'draft:save'>) => Promise<DraftSaved>;
}

/**
 * What one has begun to write: shown at once, kept on this device at once, and on all devices soon. Where another device has written
 * something else meanwhile, both are kept until one is chosen.
 */
export class Drafts {
  private readonly teller: Teller;

  /** @param storage never fails */
  constructor(
    private readonly store: Pick<Store, 'getSnapshot' | 'dispatch'>,
    private readonly ports: DraftPorts,
    private readonly storage: ClientStorage,
    surroundings: Surroundings,
  ) {
    this.teller = new Teller((chatId, backoff) => this.attempt(chatId, backoff), surroundings, afterMs);
  }

  /** Takes up what an earlier run has not told. */
  async restore(): Promise<void> {
    for (const [key, written] of await this.storage.load()) {
      const chatId = key.slice(keyOf('').length);
      if (key.startsWith(keyOf('')) && isWritten(written) && !this.of(chatId)) this.show(chatId, written);
    }
    this.wake();
  }

  write(chatId: string, text: string, parentId?: string): void {
    const known = this.of(chatId) ?? this.kept(chatId);
    if ((known?.text ?? '') === text && known?.parentId === parentId) return;
    const { clientMessageId = randomId(), base = 0, other } = known ?? {};
    this.put(chatId, { text, ...(parentId && { parentId }), clientMessageId, base, ...(other && { other }) });
  }

  /** Of two drafts one stays: what was written here, or what another device has. */
  choose(chatId: string, which: 'mine' | 'theirs'): void {
    const written = this.of(chatId);
    if (!written?.other) return;
    const { other: _, ...mine } = written;
    if (which === 'theirs') this.drop(chatId);
    else this.put(chatId, mine);
  }

  /** It is sent: nothing is written any more, but for what another device has. */
  sent(chatId: string): void {
    const kept = this.kept(chatId);
    if (!kept || this.of(chatId)?.other) this.drop(chatId);
    else this.put(chatId, { text: '', clientMessageId: randomId(), base: kept.base });
  }

  /** A message that was sent on whatever device. */
  becameMessage(chatId: string, clientMessageId: string): void {
    const written = this.of(chatId);
    const isKept = this.kept(chatId)?.clientMessageId === clientMessageId;
    if (written?.clientMessageId === clientMessageId) this.drop(chatId);
    if (isKept) this.store.dispatch({ type: 'draftSent', chatId, clientMessageId });
  }

  /** There is a connection. */
  wake(): void {
    for (const chatId of Object.keys(this.store.getSnapshot().written)) this.teller.tell(chatId);
  }

  /** Forgets all, what an earlier run has left too: another person is not to find them. */
  async clear(): Promise<void> {
    for (const chatId of Object.keys(this.store.getSnapshot().written)) this.drop(chatId);
    await removeKept(this.storage, keyOf(''));
  }

  private of(chatId: string): Written | undefined {
    return this.store.getSnapshot().written[chatId];
  }

  private kept(chatId: string): Written | undefined {
    return this.store.getSnapshot().own.drafts[chatId];
  }

  private put(chatId: string, written: Written): void {
    this.show(chatId, written);
    inBackground(this.storage.put(keyOf(chatId), written));
    this.teller.tell(chatId);
  }

  private drop(chatId: string): void {
    this.show(chatId, undefined);
    inBackground(this.storage.remove(keyOf(chatId)));
  }

  private show(chatId: string, written: Written | undefined): void {
    this.store.dispatch({ type: 'written', chatId, ...(written && { written }) });
  }

  private async attempt(chatId: string, backoff: Backoff): Promise<number | undefined> {
    const written = this.of(chatId);
    if (!written || written.other || !this.ports.isOnline()) return undefined;
    try {
      const { other: _, ...wish } = written;
      this.told(chatId, written, await this.ports.save({ chatId, ...wish }));
    } catch (error) {
      // A server that keeps no drafts, or a chat that one is in no more: it stays on this device.
      return isRetryable(error) ? backoff.next(retryAfterOf(error)) : undefined;
    }
    backoff.reset();
    return afterMs;
  }

  private told(chatId: string, asked: Written, { ownRev, saved, draft }: DraftSaved): void {
    this.store.dispatch({ type: 'draftSaved', chatId, ownRev, ...(draft && { draft }) });
    const now = this.of(chatId);
    // Sent, chosen or signed out meanwhile.
    if (!now || now.clientMessageId !== asked.clientMessageId) return;
    const isSame = now.text === asked.text && now.parentId === asked.parentId;
    if (saved) return isSame ? this.drop(chatId) : this.put(chatId, { ...now, base: ownRev });
    // Nothing is left to be kept beside what is there.
    if (now.text === '') return this.drop(chatId);
    const anew = { ...now, clientMessageId: randomId(), base: ownRev };
    if (draft) this.put(chatId, { ...anew, other: draft });
    // The message that it was to become is there. What was typed since is another one.
    else if (isSame) this.drop(chatId);
    else this.put(chatId, anew);
  }
}

/** @throws ChatError request/invalid where nothing is written */
export function sendable(written: Written | undefined): Written {
  if (written && written.text.trim() !== '') return written;
  throw new ChatError('request/invalid', { details: [{ path: 'text', message: 'must not be empty' }] });
}

const isWritten = (value: unknown): value is Written =>
  hasFields(value, { text: 'string', clientMessageId: 'string', base: 'number' });

import type { Draft, DraftStore } from './draft.js';

/** Drafts that live as long as this object: they survive lost connections, not a reload. */
export class MemoryDrafts implements DraftStore {
  private readonly drafts = new Map<string, Draft>();

  load(): Promise<readonly Draft[]> {
    return Promise.resolve([...this.drafts.values()]);
  }

  put(draft: Draft): Promise<void> {
    this.drafts.set(draft.request.clientMessageId, draft);
    return Promise.resolve();
  }

  remove(clientMessageId: string): Promise<void> {
    this.drafts.delete(clientMessageId);
    return Promise.resolve();
  }
}

import { open, readFile, rename } from 'node:fs/promises';
import type { Draft, DraftStore } from '../outbox/draft.js';

/**
 * Drafts in one JSON file, for programs in Node. Written anew and renamed after every change, so that the file is whole
 * whenever the program ends. One program at a time may use a file.
 */
export class FileDrafts implements DraftStore {
  private drafts: Promise<Map<string, Draft>> | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** The write that has not begun yet: it takes with it whatever changed until then. */
  private next: Promise<void> | undefined;

  /** @param path of a file that need not be there yet, in a folder that is */
  constructor(private readonly path: string) {}

  async load(): Promise<readonly Draft[]> {
    return [...(await this.read()).values()];
  }

  async put(draft: Draft): Promise<void> {
    const drafts = await this.read();
    drafts.set(draft.request.clientMessageId, draft);
    try {
      await this.save();
    } catch (error) {
      // Whoever put it was told that it is not kept: it must not come back with the next write.
      drafts.delete(draft.request.clientMessageId);
      throw error;
    }
  }

  async remove(clientMessageId: string): Promise<void> {
    if ((await this.read()).delete(clientMessageId)) await this.save();
  }

  private read(): Promise<Map<string, Draft>> {
    this.drafts ??= readDrafts(this.path).catch((error: unknown) => {
      this.drafts = undefined;
      throw error;
    });
    return this.drafts;
  }

  private save(): Promise<void> {
    this.next ??= this.writing.then(() => {
      this.next = undefined;
      return this.write();
    });
    const saved = this.next;
    this.writing = saved.catch(() => undefined);
    return saved;
  }

  private async write(): Promise<void> {
    const drafts = [...(await this.read()).values()];
    const file = await open(`${this.path}.new`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(drafts));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${this.path}.new`, this.path);
  }
}

async function readDrafts(path: string): Promise<Map<string, Draft>> {
  try {
    const drafts = JSON.parse(await readFile(path, 'utf8')) as Draft[];
    return new Map(drafts.map((draft) => [draft.request.clientMessageId, draft]));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
}

import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientStorage } from '../storage/storage.js';

/**
 * A folder with a file for each value, for programs in Node. Each is written beside its place and renamed, so that it is
 * whole whenever the program ends. One program at a time may use a folder.
 */
export class FileStorage implements ClientStorage {
  /** The last work on each file: the next one waits for it. */
  private readonly working = new Map<string, Promise<void>>();

  /** @param folder that need not be there yet */
  constructor(private readonly folder: string) {}

  async load(): Promise<ReadonlyMap<string, unknown>> {
    await this.make();
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json'));
    const values = names.map(async (name): Promise<readonly [string, unknown]> => {
      const text = await readFile(join(this.folder, name), 'utf8');
      return [decodeURIComponent(name.slice(0, -'.json'.length)), JSON.parse(text)];
    });
    return new Map(await Promise.all(values));
  }

  put(key: string, value: unknown): Promise<void> {
    return this.inTurn(key, async (path) => {
      await this.make();
      const file = await open(`${path}.new`, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(value));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
    });
  }

  remove(key: string): Promise<void> {
    return this.inTurn(key, (path) => rm(path, { force: true }));
  }

  private async make(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  private inTurn(key: string, work: (path: string) => Promise<void>): Promise<void> {
    const path = join(this.folder, `${encodeURIComponent(key)}.json`);
    const before = this.working.get(key) ?? Promise.resolve();
    const done = before.catch(() => undefined).then(() => work(path));
    this.working.set(key, done);
    const forget = () => {
      if (this.working.get(key) === done) this.working.delete(key);
    };
    done.then(forget, forget);
    return done;
  }
}

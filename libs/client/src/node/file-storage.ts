import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientStorage } from '../storage/storage.js';

/**
 * A folder with a file for each value, for programs in Node. Each is written beside its place and renamed, so that it is
 * whole whenever the program ends. One program at a time may use a folder. A file in it that is not its own, or not whole, is left alone.
 */
export class FileStorage implements ClientStorage {
  /** The last work on each file: the next one waits for it. */
  private readonly working = new Map<string, Promise<void>>();

  /** @param folder that need not be there yet */
  constructor(private readonly folder: string) {}

  async load(): Promise<ReadonlyMap<string, unknown>> {
    await this.make();
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json'));
    const texts = names.map(async (name) => [name, await readFile(join(this.folder, name), 'utf8')] as const);
    return new Map((await Promise.all(texts)).flatMap(([name, text]) => this.valueOf(name, text)));
  }

  /** One that cannot be read is not to keep the others from being read, at this start and at every later one. */
  private valueOf(name: string, text: string): readonly (readonly [key: string, value: unknown])[] {
    try {
      return [[decodeURIComponent(name.slice(0, -'.json'.length)), JSON.parse(text)]];
    } catch (error) {
      console.warn(`@roost/client: ${join(this.folder, name)} is left alone:`, error);
      return [];
    }
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

import type { Clock } from '@roost/client';
import { realWorld } from '../../src/time.js';
import type { TabChannel, TabLocks, TabPorts } from '../../src/tabs/tab-ports.js';

/** A tab as others see it: with the locks and channels of Node, which are those of browsers. */
export class Tab implements TabPorts {
  hidden = 0;
  private readonly open = new Set<BroadcastChannel>();
  private readonly crashed = new AbortController();
  /** What waits while it is frozen. */
  private asleep: (() => void)[] | undefined;
  /** Of so many messages that it says the last one is lost; 1: all. */
  losesEvery = Infinity;
  private said = 0;
  /** How far its own clock is ahead, as where the device's was set back while it was open: its own never goes back. */
  aheadMs = 0;
  /** Which locks it is refused, by how their names begin. */
  refused: string | undefined;
  /** Which lock fails once, by how its name begins. */
  fails: string | undefined;
  /** Which locks are asked for only then, by how their names begin. */
  late: { readonly names: string; readonly until: Promise<void> } | undefined;
  /** How many times sooner its timers end. */
  hurry = 1;

  readonly locks: TabLocks = {
    request: async (name, options, held) => {
      if (this.refused !== undefined && name.startsWith(this.refused))
        throw new DOMException('not here', 'SecurityError');
      if (this.fails !== undefined && name.startsWith(this.fails)) {
        this.fails = undefined;
        throw new Error('The provided callback is no longer runnable.');
      }
      if (this.late && name.startsWith(this.late.names)) await this.late.until;
      const { signal } = this.crashed;
      const end = new Promise((resolve) => signal.addEventListener('abort', resolve));
      return navigator.locks.request(name, options as LockOptions, (lock) => {
        if (signal.aborted) return undefined;
        const begun = new Promise((resolve) => this.whenAwake(() => resolve(held(lock))));
        return Promise.race([begun, end]);
      });
    },
    query: () => navigator.locks.query(),
  };

  readonly channel = (name: string, heard: (message: unknown) => void): TabChannel => {
    const channel = new BroadcastChannel(name);
    this.open.add(channel);
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      this.whenAwake(() => heard(data));
    });
    const post = (message: string) => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
      if (!this.asleep && ++this.said % this.losesEvery !== 0) channel.postMessage(message);
    };
    const close = () => {
      this.open.delete(channel);
      channel.close();
    };
    return { post, close };
  };

  readonly now = (): number => Date.now();

  readonly hiddenMs = (): number => this.hidden;

  readonly clock: Clock = {
    now: () => Date.now() + this.aheadMs,
    after: (delayMs, run) => realWorld.clock.after(delayMs / this.hurry, () => this.whenAwake(run)),
  };

  /** Its timers, its locks and what it hears wait. */
  freeze(): void {
    this.asleep ??= [];
  }

  thaw(): void {
    const waiting = this.asleep ?? [];
    this.asleep = undefined;
    for (const run of waiting) run();
  }

  /** As where its process is killed. */
  crash(): void {
    this.freeze();
    for (const channel of this.open) channel.close();
    this.open.clear();
    this.crashed.abort();
  }

  private whenAwake(run: () => void): void {
    if (this.asleep) this.asleep.push(run);
    else run();
  }
}

/** An access token of such a session, as the server makes them. */
export const tokenOf = (sessionId: string): string =>
  `head.${Buffer.from(JSON.stringify({ sid: sessionId })).toString('base64url')}.sign`;

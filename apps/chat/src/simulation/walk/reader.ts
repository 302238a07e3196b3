import type { ReplicaInRun, World } from '../world.js';
import type { Device } from './device.js';

/** Reads chats as `sync` does, at random moments. */
export class Reader {
  constructor(
    private readonly device: Device,
    private readonly chats: readonly string[],
    private readonly world: World,
  ) {}

  start(withinMs: number): void {
    const { random, scheduler } = this.world;
    for (let count = 0; count < 3; count++) {
      scheduler.after(random.next() * withinMs, () => {
        const chatId = random.pick(this.chats);
        this.device.callBeside(
          (replica) => this.read(replica, chatId),
          () => undefined,
        );
      });
    }
  }

  /** Where it fails nothing was shown. */
  private async read({ changes, messages }: ReplicaInRun, chatId: string): Promise<void> {
    const { ledger } = this.world;
    const rev = await changes.appliedHead(chatId);
    const page = await messages.within([{ chatId, after: 0, upTo: Infinity }]);
    for (const { _id, seq, textRev = 0, deletedAt } of page) {
      ledger.shown.push({ id: _id.toHexString(), chatId, seq, rev, textRev: deletedAt ? Infinity : textRev });
    }
  }
}

import type { Sent } from '../../messages/message-sending.service.js';
import type { Draft } from '../ledger.js';
import type { World } from '../world.js';
import type { Device } from './device.js';
import { Outbox, send } from './outbox.js';
import { inWords, refusalOf } from './refusals.js';

/** Writes messages on a device at random moments, and long after that sends some of them again. */
export class Writer {
  private readonly outboxes: ReadonlyMap<string, Outbox>;
  private written = 0;
  private busy = 0;

  constructor(
    private readonly device: Device,
    chats: readonly string[],
    private readonly world: World,
  ) {
    const isBursting = world.plan.isRush || world.random.chance(0.5);
    this.outboxes = new Map(chats.map((chatId) => [chatId, new Outbox(device, isBursting, world)]));
  }

  get isDone(): boolean {
    const { drafts } = this.world.plan;
    return this.busy === 0 && this.written >= drafts && [...this.outboxes.values()].every(({ isEmpty }) => isEmpty);
  }

  /** @param withinMs by then all is written */
  start(withinMs: number): void {
    const { random, scheduler, plan } = this.world;
    for (let left = plan.drafts; left > 0;) {
      const count = Math.min(left, random.chance(0.4) ? 1 + random.below(4) : 1);
      left -= count;
      const atMs = plan.isRush ? 500 + random.next() * 1_500 : random.next() * withinMs;
      scheduler.after(atMs, () => this.write(count));
    }
  }

  private write(count: number): void {
    const { random, ledger } = this.world;
    const [chatId, outbox] = random.pick([...this.outboxes]);
    const drafts = Array.from({ length: count }, () => this.draft(chatId));
    ledger.drafts.push(...drafts);
    outbox.write(drafts);
    for (const draft of drafts) if (draft.clientMessageId !== undefined && random.chance(0.2)) this.repeatLater(draft);
  }

  private draft(chatId: string): Draft {
    const { name: device, caller } = this.device;
    const number = ++this.written;
    const text = `${device}-${number}`;
    const isOnce = this.world.random.chance(0.1);
    return { device, userId: caller.userId, chatId, number, text, ...(!isOnce && { clientMessageId: text }) };
  }

  /** When it is acknowledged: it is what it was, and with another text it is refused. */
  private repeatLater(draft: Draft): void {
    const { random, scheduler } = this.world;
    this.busy++;
    const isOther = random.chance(0.3);
    scheduler.after(1_000 + random.next() * 10_000, () => this.repeat(draft, isOther));
  }

  private repeat(draft: Draft, isOther: boolean): void {
    const { ledger, scheduler } = this.world;
    const again = () => this.repeat(draft, isOther);
    if (!ledger.acknowledged.some((one) => one.draft === draft)) {
      scheduler.after(1_000, again);
      return;
    }
    this.device.call(send(this.device, isOther ? { ...draft, text: 'another text' } : draft), (answer) => {
      const refusal = answer.kind === 'refused' ? refusalOf(answer.error) : undefined;
      if (answer.kind === 'connection lost' || refusal === 'try again') {
        scheduler.after(500, again);
        return;
      }
      this.busy--;
      if (answer.kind === 'result') this.taken(draft, answer.result, isOther);
      else if (!isOther || refusal !== 'message/client_id_reused')
        ledger.problem(`${draft.text}, sent again, was refused: ${inWords(answer.error)}`);
    });
  }

  private taken(draft: Draft, sent: Sent, isOther: boolean): void {
    const { ledger } = this.world;
    ledger.acknowledged.push({ draft, ...sent });
    if (isOther || !sent.duplicate) ledger.problem(`${draft.text} was taken once more`);
  }
}

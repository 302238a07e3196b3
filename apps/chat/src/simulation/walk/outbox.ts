import type { Sent } from '../../messages/message-sending.service.js';
import type { Draft } from '../ledger.js';
import type { ReplicaInRun, World } from '../world.js';
import type { Answer } from './connection.js';
import type { Device } from './device.js';
import { inWords, refusalOf } from './refusals.js';

/**
 * What a device has for one chat. It sends one after the other, or all that it has without waiting; where some were not
 * acknowledged it sends these again, in their order, once it has heard of all.
 */
export class Outbox {
  private waiting: Draft[] = [];
  private underWay = 0;
  private isPausing = false;

  constructor(
    private readonly device: Device,
    private readonly isBursting: boolean,
    private readonly world: World,
  ) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  write(drafts: readonly Draft[]): void {
    this.waiting.push(...drafts);
    this.flush();
  }

  private flush(): void {
    if (this.underWay > 0 || this.isPausing) return;
    const batch = this.isBursting ? [...this.waiting] : this.waiting.slice(0, 1);
    this.underWay = batch.length;
    for (const draft of batch) this.device.call(send(this.device, draft), (answer) => this.answered(draft, answer));
    const [first] = batch;
    if (first?.clientMessageId !== undefined && this.world.weather.brings('drafts are sent twice', 0.1))
      this.sendBeside(first);
  }

  /** Nothing of this may change what becomes of the draft. */
  private sendBeside(draft: Draft): void {
    this.device.callBeside(send(this.device, draft), (answer) => {
      if (answer.kind === 'result') this.acknowledged(draft, answer.result);
      else this.refused(draft, answer);
    });
  }

  private answered(draft: Draft, answer: Answer<Sent>): void {
    this.underWay--;
    if (answer.kind === 'result') this.acknowledged(draft, answer.result);
    else this.refused(draft, answer);
    const isDone = answer.kind === 'result' || draft.clientMessageId === undefined;
    if (isDone) this.waiting = this.waiting.filter((one) => one !== draft);
    if (this.underWay > 0) return;
    this.isPausing = true;
    const pauseMs = isDone ? 0 : 100 + this.world.random.next() * 1_000;
    this.world.scheduler.after(pauseMs, () => {
      this.isPausing = false;
      this.flush();
    });
  }

  private acknowledged(draft: Draft, { message, duplicate }: Sent): void {
    this.world.trace.tell(draft.device, () => `hears ${draft.text} is ${message.seq}${duplicate ? ', duplicate' : ''}`);
    this.world.ledger.acknowledged.push({ draft, message, duplicate });
  }

  private refused(draft: Draft, answer: Exclude<Answer<Sent>, { kind: 'result' }>): void {
    const why = answer.kind === 'refused' ? inWords(answer.error) : answer.kind;
    this.world.trace.tell(draft.device, () => `hears ${draft.text} is refused: ${why}`);
    if (answer.kind !== 'refused' || refusalOf(answer.error) === 'try again') return;
    this.world.ledger.problem(`${draft.text} was refused: ${why}`);
  }
}

export const send =
  ({ caller }: Device, { chatId, text, clientMessageId }: Draft) =>
  (replica: ReplicaInRun): Promise<Sent> =>
    replica.sending.send(caller, {
      chatId,
      text,
      type: 'text',
      ...(clientMessageId !== undefined && { clientMessageId }),
    });

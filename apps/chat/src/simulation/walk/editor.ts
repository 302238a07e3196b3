import type { ReplicaInRun, World } from '../world.js';
import type { Device } from './device.js';
import { inWords, refusalOf } from './refusals.js';

/** Edits and deletes messages of the device's person, again and again until it is told that it is done. */
export class Editor {
  private left: number;

  constructor(
    private readonly device: Device,
    private readonly world: World,
  ) {
    this.left = world.plan.changes;
  }

  get isDone(): boolean {
    return this.left <= 0;
  }

  start(withinMs: number): void {
    const { random, scheduler, plan } = this.world;
    for (let count = 0; count < plan.changes; count++)
      scheduler.after(random.next() * withinMs, () => this.begin(count));
  }

  private begin(count: number): void {
    const { ledger, random, weather } = this.world;
    const { userId } = this.device.caller;
    const own = ledger.acknowledged.filter(
      ({ draft }) => draft.userId === userId && draft.clientMessageId !== undefined,
    );
    if (own.length === 0) {
      this.left--;
      return;
    }
    const { message } = random.pick(own);
    const text = random.chance(0.8) ? `${this.device.name} edits ${count}` : undefined;
    this.change(message.id, text);
    if (weather.brings('drafts are sent twice', 0.1)) this.changeBeside(message.id, text);
  }

  private change(messageId: string, text: string | undefined): void {
    const { ledger, scheduler, trace } = this.world;
    this.device.call(this.act(messageId, text), (answer) => {
      trace.tell(
        this.device.name,
        () =>
          `hears its change ${text ?? 'to nothing'} is ${answer.kind === 'refused' ? inWords(answer.error) : answer.kind}`,
      );
      const refusal = answer.kind === 'refused' ? refusalOf(answer.error) : undefined;
      if (answer.kind === 'connection lost' || refusal === 'try again') {
        scheduler.after(500, () => this.change(messageId, text));
        return;
      }
      this.left--;
      if (answer.kind === 'result') ledger.changed.push({ messageId, text });
      else if (refusal === 'message/deleted') ledger.saidDeleted.push(messageId);
      else ledger.problem(`a change was refused: ${inWords(answer.error)}`);
    });
  }

  private changeBeside(messageId: string, text: string | undefined): void {
    this.device.callBeside(this.act(messageId, text), () => undefined);
  }

  private act(messageId: string, text: string | undefined) {
    const { caller } = this.device;
    return async ({ editing }: ReplicaInRun) => {
      if (text === undefined) await editing.delete(caller, messageId);
      else await editing.edit(caller, messageId, { text });
    };
  }
}

import type { Random } from '../../../../libs/testing/src/random.js';
import type { ChangeLog } from '../logs/change-log.js';
import type { MessageEditingService } from '../messages/message-editing.service.js';
import type { MessageSendingService } from '../messages/message-sending.service.js';
import type { MessagesRepository } from '../messages/messages.repository.js';
import type { Bus } from './bus.js';
import type { Ledger } from './ledger.js';
import type { Plan } from './plan.js';
import type { Life } from './replica/life.js';
import type { Scheduler } from './scheduler.js';
import type { ReplicaSet } from './store/replica-set.js';
import type { Trace } from './trace.js';
import type { Weather } from './weather.js';

/** What others have to do with a replica. */
export interface ReplicaInRun {
  readonly name: string;
  readonly life: Life;
  readonly messages: MessagesRepository;
  readonly sending: MessageSendingService;
  readonly editing: MessageEditingService;
  readonly changes: ChangeLog;
}

/** What everything in one run shares. */
export interface World {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly weather: Weather;
  readonly trace: Trace;
  readonly set: ReplicaSet;
  readonly bus: Bus;
  readonly ledger: Ledger;
  /** Those that were killed included. */
  readonly replicas: ReplicaInRun[];
}

import type { Settings } from '@roost/settings';
import type { Model } from 'mongoose';
import { Replicas } from '../../cluster/homes/replicas.js';
import type { WireTap } from '../../cluster/wire-tap.js';
import type { Clock } from '../../kernel/clock.js';
import { ChangesRepository } from '../../logs/changes.repository.js';
import type { ChangeDocument } from '../../logs/change.schema.js';
import { MessageLog } from '../../messages/message-log.js';
import type { MessageDocument } from '../../messages/message.schema.js';
import { MessagesRepository } from '../../messages/messages.repository.js';
import { mongoOptions } from '../../store/mongo-connection.js';
import type { SimulatedModel } from '../store/simulated-model.js';

/** How a replica makes what its logs consist of: a test puts something broken in the place of one, to see that it is found. */
export interface Parts {
  /** What reads are asked to be sure of. */
  readonly readLevel: 'local' | 'majority';
  readonly model: (model: SimulatedModel) => SimulatedModel;
  readonly messages: (model: Model<MessageDocument>, settings: Settings, clock: Clock) => MessagesRepository;
  readonly messageLog: (messages: MessagesRepository, tap: WireTap, clock: Clock, settings: Settings) => MessageLog;
  readonly replicas: (...given: ConstructorParameters<typeof Replicas>) => Replicas;
  readonly changes: (model: Model<ChangeDocument>, settings: Settings, clock: Clock) => ChangesRepository;
}

export const realParts: Parts = {
  readLevel: levelOf(mongoOptions({} as Settings).readConcern),
  model: (model) => model,
  messages: (...given) => new MessagesRepository(...given),
  messageLog: (...given) => new MessageLog(...given),
  replicas: (...given) => new Replicas(...given),
  changes: (...given) => new ChangesRepository(...given),
};

/** MongoDB's default is `local`. */
function levelOf(concern: unknown): 'local' | 'majority' {
  const level = typeof concern === 'object' && concern !== null && 'level' in concern ? concern.level : concern;
  return level === 'majority' ? 'majority' : 'local';
}

import type { Message } from '@roost/contract';
import type { Settings } from '@roost/settings';
import type { PinoLogger } from 'nestjs-pino';
import { WireTap } from '../../cluster/wire-tap.js';
import { ChangeApplier } from '../../logs/change-applier.js';
import { ChangeKinds } from '../../logs/change-kinds.js';
import { ChangeLog } from '../../logs/change-log.js';
import { ChangeRepair } from '../../logs/change-repair.js';
import { ChangeTeller } from '../../logs/change-teller.js';
import { MessageChanges } from '../../messages/message-changes.js';
import { MessageEditingService } from '../../messages/message-editing.service.js';
import { MessageHandOver } from '../../messages/message-hand-over.js';
import { MessageSendingService } from '../../messages/message-sending.service.js';
import { MessageWriter } from '../../messages/message-writer.js';
import type { MessagesRepository } from '../../messages/messages.repository.js';
import type { Broadcaster } from '../../sockets/broadcaster.js';
import { SimulatedModel } from '../store/simulated-model.js';
import type { CollectionName } from '../store/replica-set.js';
import { StoreLink } from '../store/store-link.js';
import type { ReplicaInRun, World } from '../world.js';
import { Life } from './life.js';
import { access, activity, slowMode, deliveryOver, profiles, senders, sockets } from './neighbours.js';
import type { Parts } from './parts.js';
import { SimulatedReplicaBus } from './simulated-replica-bus.js';
import { VirtualClock } from './virtual-clock.js';

/** So short that a run sees many of them pass. */
const mongodbTimeoutMs = 2_000;
const times = { majorityMaxMs: mongodbTimeoutMs, majorityUsualMs: 2 };
const logger = { info: () => undefined, warn: () => undefined } as unknown as PinoLogger;

/** The logs of one replica, and what sends and edits by them, as in production; around it everything is simulated. */
export class Replica implements ReplicaInRun {
  readonly life: Life;
  readonly messages: MessagesRepository;
  readonly sending: MessageSendingService;
  readonly editing: MessageEditingService;
  readonly changes: ChangeLog;

  constructor(
    readonly name: string,
    private readonly world: World,
    private readonly parts: Parts,
  ) {
    this.life = new Life((work) => world.scheduler.after(0, work));
    const settings = settingsIn(world);
    const clock = new VirtualClock(world.scheduler, this.life, world.random);
    const tap = new WireTap();
    const broadcaster = { toChat: this.tell.bind(this) } as unknown as Broadcaster;
    this.messages = parts.messages(this.model('messages') as never, settings, clock);
    const log = parts.messageLog(this.messages, tap, clock, settings);
    const permitted = senders(clock, world);
    const writer = new MessageWriter(log, this.messages, activity, broadcaster, logger, { logMessages: false });
    const bus = new SimulatedReplicaBus(name, this.life, world.bus);
    const replicas = parts.replicas(bus, deliveryOver(world), clock);
    const handOver = new MessageHandOver(writer, permitted, log, sockets, replicas, tap);
    replicas.onApplicationBootstrap();
    this.sending = new MessageSendingService(permitted, log, handOver, this.messages, clock);
    const kinds = new ChangeKinds();
    // Registers its kinds; nobody asks it for anything.
    Reflect.construct(MessageChanges, [kinds, this.messages, profiles, { forget: () => Promise.resolve() }]);
    const repository = parts.changes(this.model('changes') as never, settings, clock);
    const applier = new ChangeApplier(kinds);
    const teller = new ChangeTeller(kinds, broadcaster);
    this.changes = new ChangeLog(repository, applier, kinds, logger, clock);
    this.editing = new MessageEditingService(access, this.messages, profiles, this.changes, teller, slowMode);
    new ChangeRepair(repository, applier, teller, logger, clock).onApplicationBootstrap();
    world.bus.subscribe({ name, channel: 'facts', life: this.life, hear: (payload) => tap.hear({ data: payload }) });
  }

  private model(name: CollectionName): SimulatedModel {
    const { set, scheduler, random, weather } = this.world;
    const link = new StoreLink(set, this.life, scheduler, random, weather, times);
    const isConflict = () => weather.brings('writes conflict', 0.01);
    return this.parts.model(new SimulatedModel(set, link, name, this.parts.readLevel, isConflict));
  }

  private tell(_chatId: string, fact: string, payload: unknown): void {
    const { ledger, bus, set, trace } = this.world;
    if (fact === 'message:new') {
      const message = payload as Message;
      trace.tell(this.name, () => `tells ${message.seq}: ${message.text}`);
      if (!set.isConfirmed('messages', message.id))
        ledger.problem(`${this.name} tells what the majority has not: ${message.text}`);
      ledger.tell(this.name, message);
    }
    bus.publish(this.name, 'facts', [fact, payload]);
  }
}

/** Now and then a replica takes itself for one that has too much to do. */
const settingsIn = ({ weather }: World) =>
  ({
    mongodbTimeoutMs,
    get sendWaitMaxMs() {
      return weather.brings('replicas have too much to do', 0.1) ? 1 : 0;
    },
  }) as Settings;

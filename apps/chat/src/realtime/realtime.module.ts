import { Global, Module } from '@nestjs/common';
import { Faults } from '../faults.js';
import { Broadcaster } from './broadcaster.js';
import { ClusterEvents } from './cluster-events.js';
import { CommandDispatcher } from './command-dispatcher.js';
import { DeliveryWatch } from './delivery-watch.js';
import { Drain } from './drain.js';
import { FactListener } from './fact-listener.js';
import { Clock, SystemClock } from './life/clock.js';
import { SessionEnds } from './life/session-ends.js';
import { SlowReaders } from './life/slow-readers.js';
import { TokenExpiry } from './life/token-expiry.js';
import { AcceptLimits } from './limits/accept-limits.js';
import { CommandLimits } from './limits/command-limits.js';
import { LocalSockets } from './local-sockets.js';
import { RoomKeeper } from './room-keeper.js';

const parts = [
  AcceptLimits,
  Broadcaster,
  ClusterEvents,
  CommandDispatcher,
  CommandLimits,
  DeliveryWatch,
  Drain,
  FactListener,
  Faults,
  LocalSockets,
  RoomKeeper,
  SessionEnds,
  TokenExpiry,
];

/** The plumbing of all socket doors. */
@Global()
@Module({
  providers: [...parts, SlowReaders, { provide: Clock, useClass: SystemClock }],
  exports: [...parts, Clock],
})
export class RealtimeModule {}

import { Global, Module } from '@nestjs/common';
import { Faults } from '../faults.js';
import { Broadcaster } from './broadcaster.js';
import { ClusterEvents } from './cluster-events.js';
import { CommandDispatcher } from './command-dispatcher.js';
import { DeliveryWatch } from './delivery-watch.js';
import { Drain } from './drain.js';
import { FactListener } from './fact-listener.js';
import { LocalSockets } from './local-sockets.js';
import { RoomKeeper } from './room-keeper.js';

/** The plumbing of all socket doors. */
@Global()
@Module({
  providers: [
    DeliveryWatch,
    Drain,
    Broadcaster,
    ClusterEvents,
    CommandDispatcher,
    FactListener,
    LocalSockets,
    RoomKeeper,
    Faults,
  ],
  exports: [
    DeliveryWatch,
    Drain,
    Broadcaster,
    ClusterEvents,
    CommandDispatcher,
    FactListener,
    LocalSockets,
    RoomKeeper,
    Faults,
  ],
})
export class RealtimeModule {}

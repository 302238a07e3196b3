import { Global, Module } from '@nestjs/common';
import { Rebalancing } from './balance/rebalancing.js';
import { Broadcaster } from './broadcaster.js';
import { RevokedSessions } from './life/revoked-sessions.js';
import { SlowReaders } from './life/slow-readers.js';
import { TokenExpiry } from './life/token-expiry.js';
import { AcceptLimits } from './limits/accept-limits.js';
import { CommandLimits } from './limits/command-limits.js';
import { FrameLimits } from './limits/frame-limits.js';
import { SharedAddresses } from './limits/shared-addresses.js';
import { LocalSockets } from './local-sockets.js';
import { RoomKeeper } from './room-keeper.js';
import { SessionIds } from './session-ids.js';

const parts = [
  AcceptLimits,
  Broadcaster,
  CommandLimits,
  FrameLimits,
  LocalSockets,
  RevokedSessions,
  RoomKeeper,
  SessionIds,
  SharedAddresses,
  TokenExpiry,
];

/** The sockets of this replica: the rooms they are in, what is told to them, how long they stay and how much they may ask. */
@Global()
@Module({ providers: [...parts, Rebalancing, SlowReaders], exports: parts })
export class SocketsModule {}

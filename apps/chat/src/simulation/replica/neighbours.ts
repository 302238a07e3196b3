import type { User } from '@roost/contract';
import type { ChatAccess } from '../../access/chat-access.js';
import type { Profiles } from '../../accounts/users/profiles.js';
import type { DeliveryProbe } from '../../cluster/delivery-probe.js';
import type { Clock } from '../../kernel/clock.js';
import type { ActivityRefresher } from '../../messages/activity-refresher.js';
import type { Sender, Senders } from '../../messages/senders.js';
import type { SlowMode } from '../../messages/slow-mode.js';
import type { LocalSockets } from '../../sockets/local-sockets.js';
import { broken } from '../store/driver-errors.js';
import type { World } from '../world.js';

/** What stands around the logs in a replica, and may do everything. */
export const access = {
  forMember: (_caller: unknown, chatId: string) => Promise.resolve({ chatId, role: 'member' }),
} as unknown as ChatAccess;
export const slowMode = { edit: () => Promise.resolve(undefined) } as unknown as SlowMode;
export const activity = { refresh: () => undefined } as unknown as ActivityRefresher;
export const profiles = {
  of: (userId: string) => Promise.resolve(userOf(userId)),
  all: (userIds: readonly string[]) => Promise.resolve(new Map(userIds.map((userId) => [userId, userOf(userId)]))),
} as unknown as Profiles;

export const sockets = { isInUse: () => true } as unknown as LocalSockets;

/** Some replicas notice at once that the bus is away, others never. */
export const deliveryOver = ({ bus, random }: World): DeliveryProbe => {
  const isWatchful = random.chance(0.5);
  const state = () => (isWatchful && bus.isAway ? 'degraded' : 'ok');
  return {
    get current() {
      return { state: state() };
    },
  } as DeliveryProbe;
};

/** Whether somebody may send is known at once, or asked of the store, which takes a while. */
export const senders = (clock: Clock, { random, weather }: World): Senders => {
  const require = async ({ userId }: { readonly userId: string }): Promise<Sender> => {
    if (random.chance(0.3)) {
      await clock.pauseUpTo(random.pick([5, 20, 200]));
      if (weather.brings('store is not reached', 0.03)) throw broken();
    }
    return { user: userOf(userId) };
  };
  return { require } as unknown as Senders;
};

const userOf = (id: string): User => ({ id, displayName: id });

import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { AttemptLimit, counted, watched } from '../../accounts/sessions/attempt-limit.js';
import type { Limit, Outcome } from '../../accounts/sessions/attempt-limit.js';
import { REDIS } from '../../cluster/redis.js';
import type { RedisClients } from '../../cluster/redis-clients.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { SharedAddresses } from '../../sockets/limits/shared-addresses.js';

const quarterHourSeconds = 15 * 60;

/** Who tries an invite, and from where. */
export interface Guest {
  readonly userId: string;
  readonly address: string;
}

/** Against guessing: invites that are not valid are counted, by person and by address, over all replicas. */
@Injectable()
export class InviteLimits {
  private readonly byPerson: Limit;
  private readonly byAddress: Limit;

  constructor(
    @Inject(REDIS) { publisher }: RedisClients,
    @Inject(SETTINGS) { redisKeyPrefix, inviteFailuresPerPerson, inviteFailuresPerAddress }: Settings,
    shared: SharedAddresses,
  ) {
    const limit = (name: string, points: number) =>
      new AttemptLimit(publisher, {
        keyPrefix: `${redisKeyPrefix}:limit:invite-${name}`,
        points,
        duration: quarterHourSeconds,
      });
    this.byPerson = limit('person', inviteFailuresPerPerson);
    const byAddress = limit('address', inviteFailuresPerAddress);
    this.byAddress = watched(byAddress, (address) => shared.refused('invite_failures', address));
  }

  /** Runs an attempt. @throws ChatError rate/limited, without having run it; whatever the attempt throws */
  attempt<Result>({ userId, address }: Guest, attempt: () => Promise<Result>): Promise<Result> {
    // The person first: who has tried too much is not to use up what others of the address may.
    return counted(this.byPerson, { key: userId, counts: isNotValid }, () =>
      counted(this.byAddress, { key: address, counts: isNotValid }, attempt),
    );
  }
}

const isNotValid = ({ error }: Outcome): boolean => error instanceof ChatError && error.code === 'invite/invalid';

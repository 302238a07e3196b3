import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { AttemptLimit } from '../../accounts/sessions/attempt-limit.js';
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
  private readonly byPerson: AttemptLimit;
  private readonly byAddress: AttemptLimit;

  constructor(
    @Inject(REDIS) { publisher }: RedisClients,
    @Inject(SETTINGS) { redisKeyPrefix, inviteFailuresPerPerson, inviteFailuresPerAddress }: Settings,
    private readonly shared: SharedAddresses,
  ) {
    const limit = (name: string, points: number) =>
      new AttemptLimit(publisher, {
        keyPrefix: `${redisKeyPrefix}:limit:invite-${name}`,
        points,
        duration: quarterHourSeconds,
      });
    this.byPerson = limit('person', inviteFailuresPerPerson);
    this.byAddress = limit('address', inviteFailuresPerAddress);
  }

  /** Runs an attempt. @throws ChatError rate/limited, without having run it; whatever the attempt throws */
  attempt<Result>({ userId, address }: Guest, attempt: () => Promise<Result>): Promise<Result> {
    // The person first: who has tried too much is not to use up what others of the address may.
    return counted(this.byPerson, userId, () =>
      counted(this.byAddress, address, attempt, () => this.shared.refused('invite_failures', address)),
    );
  }
}

async function counted<Result>(
  limit: AttemptLimit,
  key: string,
  attempt: () => Promise<Result>,
  refused?: () => void,
): Promise<Result> {
  const retryAfterMs = await limit.begin(key);
  if (retryAfterMs > 0) {
    refused?.();
    throw new ChatError('rate/limited', { retryAfterMs });
  }
  let counts = false;
  try {
    return await attempt();
  } catch (error) {
    counts = error instanceof ChatError && error.code === 'invite/invalid';
    throw error;
  } finally {
    await limit.end(key, { counts });
  }
}

import type { Logger } from 'pino';
import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import { guardedListener } from '../kernel/boundary.js';
import { metrics } from './metrics.js';
import { mends } from './refusal-kinds.js';
import type { RefusalKind } from './refusal-kinds.js';
import type { RedisClient } from './redis-nodes.js';

/** Something that Redis answered no to. */
export interface RedisRefusal {
  readonly kind: RefusalKind;
  /** What was asked, in lower case. */
  readonly command: string;
  readonly mend: string;
}

/** A refusal counts as lasting for so long after it was met: what is refused is asked for again sooner than that. */
const lastingMs = 5_000;
/** The client tells Redis its name with it, and does without where it may not. */
const decoration = 'client';
/** One line for each kind and command in this time. */
const toldAgainMs = 60_000;

interface Met {
  readonly refusal: RedisRefusal;
  atMs: number;
  toldAtMs: number;
}

/** What Redis has refused lately, whoever asked for it. Each is counted; the log tells it once a minute at most. */
export class RedisRefusals {
  /** By kind and command, of which there are few. */
  private readonly met = new Map<string, Met>();

  constructor(
    private readonly logger: Pick<Logger, 'warn'>,
    /** Its nodes say MOVED in the course of things. */
    private readonly isCluster: boolean,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Those that last. */
  get lasting(): readonly RedisRefusal[] {
    const sinceMs = this.nowMs() - lastingMs;
    return Array.from(this.met.values())
      .filter(({ atMs }) => atMs >= sinceMs)
      .map(({ refusal }) => refusal);
  }

  /** The same client, whose refusals are met here from now on. */
  watched<Client extends RedisClient>(client: Client): Client {
    if (client instanceof Cluster)
      client.on(
        '+node',
        guardedListener('redis', (node: Redis) => this.watchOne(node)),
      );
    else this.watchOne(client);
    return client;
  }

  /** Something failed; where it is no refusal of Redis nothing happens. */
  meet(error: unknown, command: string): void {
    const kind = refusalKindOf(error);
    if (!kind || command === decoration || (kind === 'MOVED' && this.isCluster)) return;
    metrics.redisRefusalsTotal.inc({ kind });
    const key = `${kind} ${command}`;
    const nowMs = this.nowMs();
    const known = this.met.get(key) ?? { refusal: { kind, command, mend: mends[kind] }, atMs: 0, toldAtMs: -Infinity };
    this.met.set(key, known);
    known.atMs = nowMs;
    if (nowMs - known.toldAtMs < toldAgainMs) return;
    known.toldAtMs = nowMs;
    this.logger.warn({ err: error, ...known.refusal }, 'redis refuses');
  }

  private watchOne(client: Redis): void {
    const send = client.sendCommand.bind(client);
    client.sendCommand = (command, stream) => {
      command.promise.catch((error: unknown) => this.meet(error, command.name));
      return send(command, stream);
    };
  }
}

/** In words, for whoever looks after it. */
export const describeRefusal = ({ kind, command, mend }: RedisRefusal): string =>
  `redis refuses ${command} (${kind}): ${mend}`;

function refusalKindOf(error: unknown): RefusalKind | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined;
  const [word = ''] = error.message.split(' ');
  return isKind(word) ? word : undefined;
}

const isKind = (word: string): word is RefusalKind => Object.hasOwn(mends, word);

import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Refusal } from '@roost/contract';
import { currentCorrelationId } from '@roost/observability';
import { PinoLogger } from 'nestjs-pino';
import { TooContended } from './store/sequenced-log.js';
import { isStoreUnavailable } from './store/store-errors.js';

/** Turns whatever was thrown into a refusal of the catalogue, and logs what is our fault. */
@Injectable()
export class Faults {
  constructor(private readonly logger: PinoLogger) {}

  refusalOf(error: unknown, door: 'socket' | 'rest'): Refusal {
    return this.chatErrorOf(error).toRefusal(door);
  }

  /** An unknown error is ours: it is logged whole, and the caller gets nothing but an id to find it by. */
  chatErrorOf(error: unknown): ChatError {
    if (error instanceof ChatError) return error;
    if (isStoreUnavailable(error) || error instanceof TooContended) {
      this.logger.warn({ err: error }, 'store unavailable');
      return new ChatError('store/unavailable', {}, { cause: error });
    }
    const correlationId = currentCorrelationId();
    this.logger.error({ err: error, correlationId }, 'fault');
    return new ChatError('server/internal', { correlationId }, { cause: error });
  }
}

import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Refusal } from '@roost/contract';
import { PinoLogger } from 'nestjs-pino';
import { foldLines, reportFault } from './boundary.js';
import type { Repeats } from './folded-lines.js';

/** An error that means something to callers. */
export interface Trouble {
  readonly told: ChatError;
  /** What operators are told: one word for what is wrong. */
  readonly reason: string;
}

/** Knows some errors by sight; gives nothing for any other. */
export type Translation = (error: unknown) => Trouble | undefined;

export type Door = 'socket' | 'rest';

/** Turns whatever was thrown into a refusal of the catalogue, and logs what is our fault. */
@Injectable()
export class Faults implements OnApplicationShutdown {
  private readonly translations: Translation[] = [];
  private readonly folded = foldLines();

  constructor(private readonly logger: PinoLogger) {}

  onApplicationShutdown(): void {
    this.folded.tellNow();
  }

  /** For parts whose errors mean something to callers; once, at start. */
  translate(translation: Translation): void {
    this.translations.push(translation);
  }

  refusalOf(error: unknown, door: Door): Refusal {
    return this.chatErrorOf(error, door).toRefusal(door);
  }

  /** An unknown error is ours: it is logged whole, and the caller gets nothing but an id to find it by. */
  chatErrorOf(error: unknown, door: Door): ChatError {
    if (error instanceof ChatError) return error;
    for (const translation of this.translations) {
      const known = translation(error);
      if (!known) continue;
      this.tell(error, known);
      return known.told;
    }
    const correlationId = reportFault(door, error);
    return new ChatError('server/internal', { correlationId }, { cause: error });
  }

  /** While a store is away each command that needs it fails in the same way. */
  private tell(err: unknown, { told: { code }, reason }: Trouble): void {
    const again = ({ times }: Repeats) => this.logger.warn({ code, reason, times }, 'trouble seen again');
    if (this.folded.isFirst(`${code} ${reason}`, undefined, again)) this.logger.warn({ err, code, reason }, 'trouble');
  }
}

import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Faults } from '../../kernel/faults.js';
import type { Answer } from './command-dispatcher.js';

/** What a handler throws becomes the answer to its command. Nest itself would leave the acknowledgement unanswered. */
@Catch()
export class AckErrorFilter implements ExceptionFilter {
  constructor(private readonly faults: Faults) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // The dispatcher always passes its own answer as the third argument.
    const answer = host.getArgByIndex<Answer>(2);
    answer(this.faults.refusalOf(error, 'socket'));
  }
}

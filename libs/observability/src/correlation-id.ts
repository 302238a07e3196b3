import { randomUUID } from 'node:crypto';
import { currentContext } from './context.js';

/** A new id for a request, a command or a fault. Not guessable, so that an id quoted to support fits one event only. */
export function newCorrelationId(): string {
  return randomUUID();
}

/** The id to tell a caller with a fault of ours: that of the request or command, which its log lines carry too. */
export function currentCorrelationId(): string {
  const context = currentContext();
  return context?.requestId ?? context?.commandId ?? newCorrelationId();
}

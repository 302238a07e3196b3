import type { Connection, mongo } from 'mongoose';
import { guardedListener } from '../kernel/boundary.js';
import { observeStoreCommand } from './metrics.js';

/** How long MongoDB takes for each command, told by its driver (`monitorCommands`). */
export function observeCommands(connection: Connection): void {
  const answered = guardedListener(
    'store',
    ({ commandName, duration }: mongo.CommandSucceededEvent | mongo.CommandFailedEvent) =>
      observeStoreCommand(commandName, duration),
  );
  connection.getClient().on('commandSucceeded', answered).on('commandFailed', answered);
}

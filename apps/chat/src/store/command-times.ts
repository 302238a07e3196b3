import type { Connection, mongo } from 'mongoose';
import { guardedListener } from '../kernel/boundary.js';
import { metrics, observeStoreCommand } from './metrics.js';

/** How long MongoDB takes for each command, told by its driver (`monitorCommands`). */
export function observeCommands(connection: Connection): void {
  const answered = guardedListener(
    'store',
    ({ commandName, duration }: mongo.CommandSucceededEvent | mongo.CommandFailedEvent) =>
      observeStoreCommand(commandName, duration),
  );
  connection.getClient().on('commandSucceeded', answered).on('commandFailed', answered);
}

const listener = (work: () => void) => guardedListener('store', work);

/** How many of its connections are in use, and how many commands wait for one. */
export function observePool(connection: Connection): void {
  const { storeConnectionsInUse: inUse, storeConnectionsAwaited: awaited } = metrics;
  connection
    .getClient()
    .on(
      'connectionCheckOutStarted',
      listener(() => awaited.inc()),
    )
    .on(
      'connectionCheckOutFailed',
      listener(() => awaited.dec()),
    )
    .on(
      'connectionCheckedOut',
      listener(() => {
        awaited.dec();
        inUse.inc();
      }),
    )
    .on(
      'connectionCheckedIn',
      listener(() => inUse.dec()),
    );
}

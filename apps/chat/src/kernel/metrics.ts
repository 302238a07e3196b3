import { counter } from '@roost/observability';

export const metrics = {
  faultsTotal: counter(
    'roost_faults_total',
    'Faults of ours: errors that nobody expected, by the part in which they happened. Each has a log line `fault`.',
    { where: ['rest', 'socket'] },
  ),
  unhandledRejectionsTotal: counter(
    'roost_unhandled_rejections_total',
    'Promises that failed and that nobody handled: survived, logged as a fault, and a mistake in the program.',
  ),
  uncaughtExceptionsTotal: counter(
    'roost_uncaught_exceptions_total',
    'Exceptions that nobody caught: logged as a fault, and the replica drains and ends, for its state is not known.',
  ),
};

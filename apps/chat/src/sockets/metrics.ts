import { boundedNames, counter } from '@roost/observability';

export const metrics = {
  factsEmittedTotal: counter('roost_facts_emitted_total', 'Broadcasts made, one per fact and room.', ['fact']),
  slowReadersTotal: counter(
    'roost_slow_readers_total',
    'Decisions about sockets with much waiting: no reading commands for now (slow), closed as too much waited (closed_full) or for too long (closed_late).',
    ['decision'],
  ),
  socketsClosedTotal: counter('roost_sockets_closed_total', 'Sockets that the server closed, by the code told.', [
    'code',
  ]),
};

const factLabel = boundedNames();

/** Counts a broadcast of a fact. */
export function countFact(name: string): void {
  metrics.factsEmittedTotal.inc({ fact: factLabel(name) });
}

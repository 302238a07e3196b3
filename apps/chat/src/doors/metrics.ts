import { commands, errors, hints, routes } from '@roost/contract';
import type { HintName, RouteEntry } from '@roost/contract';
import { boundedNames, counter, durationBucketsSeconds, gauge, histogram } from '@roost/observability';

/** Where something was refused. */
const doors = ['handshake', 'command', 'rest'] as const;
type Door = (typeof doors)[number];

const outcomes = ['ok', 'refused', 'failed'] as const;

export const metrics = {
  socketsConnected: gauge('roost_sockets_connected', 'Sockets connected to this replica now.'),
  socketsOpenedTotal: counter('roost_sockets_opened_total', 'Sockets that were let in.'),
  socketsEndedTotal: counter(
    'roost_sockets_ended_total',
    'Sockets that ended, by what Socket.IO says of it: their client left (client namespace disconnect, transport close), answered no ping (ping timeout), broke the wire format (parse error), or was closed (forced close, server namespace disconnect).',
    {
      reason: [
        'client namespace disconnect',
        'transport close',
        'transport error',
        'ping timeout',
        'parse error',
        'forced close',
        'server namespace disconnect',
        'server shutting down',
      ],
    },
  ),
  commandsTotal: counter('roost_commands_total', 'Commands answered.', {
    command: [...Object.keys(commands), 'unknown'],
    outcome: outcomes,
  }),
  commandDurationSeconds: histogram(
    'roost_command_duration_seconds',
    'Time from the arrival of a command to its acknowledgement.',
    durationBucketsSeconds,
    ['command'],
  ),
  hintsTotal: counter(
    'roost_hints_total',
    'Hints of clients, which nobody answers: acted on (taken), or wrong, not allowed or too many (dropped).',
    {
      hint: Object.keys(hints),
      outcome: ['taken', 'dropped'],
    },
  ),
  connectionsTurnedAwayTotal: counter(
    'roost_connections_turned_away_total',
    'Connections that ended before anybody said who they are: of pages of other origins (origin), above SOCKETS_MAX by far (full), of clients of Socket.IO 2 (old_client). Those refused by a code are in `roost_refusals_total{door="handshake"}`.',
    { reason: ['origin', 'full', 'old_client'] },
  ),
  refusalsTotal: counter(
    'roost_refusals_total',
    'Refusals by code and by where: of sockets that connect (handshake), of their commands (command), of HTTP requests (rest).',
    { code: Object.keys(errors), door: doors },
  ),
  requestsTotal: counter(
    'roost_http_requests_total',
    'HTTP requests answered, by the pattern of their path (`unmatched`: none of ours) and by status (`aborted`: the client was gone first). Long-polling is not among them.',
    ['method', 'route', 'status'],
  ),
  requestDurationSeconds: histogram(
    'roost_http_request_duration_seconds',
    'Time from the arrival of an HTTP request to the end of its answer.',
    durationBucketsSeconds,
    ['method', 'route'],
  ),
  draining: gauge('roost_draining', '1 from when this replica was told to stop.'),
};

for (const { method, path, status } of Object.values<RouteEntry>(routes)) {
  for (const one of [status, 500, 503]) metrics.requestsTotal.inc({ method, route: path, status: one }, 0);
}

/** How a command ended: done, refused to the caller with a code, or failed through a fault of ours. */
type CommandOutcome = (typeof outcomes)[number];

const commandLabel = boundedNames(Object.keys(commands));
const codeLabel = boundedNames(Object.keys(errors));

/** Counts an answered command. `name` is one of the contract, or `unknown` for any other. */
export function countCommand(name: string, outcome: CommandOutcome, durationMs: number): void {
  const command = commandLabel(name);
  metrics.commandsTotal.inc({ command, outcome });
  metrics.commandDurationSeconds.observe({ command }, durationMs / 1000);
}

export function countHint(hint: HintName, outcome: 'taken' | 'dropped'): void {
  metrics.hintsTotal.inc({ hint, outcome });
}

/** Counts a refusal by its code in the catalogue. */
export function countRefusal(code: string, door: Door): void {
  metrics.refusalsTotal.inc({ code: codeLabel(code), door });
}

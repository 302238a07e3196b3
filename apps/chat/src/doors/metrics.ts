import { boundedNames, counter, durationBucketsSeconds, gauge, histogram } from '@roost/observability';

export const metrics = {
  socketsConnected: gauge('roost_sockets_connected', 'Sockets connected to this replica now.'),
  socketsEndedTotal: counter(
    'roost_sockets_ended_total',
    'Sockets that ended, by what Socket.IO says of it: their client left (client namespace disconnect, transport close), answered no ping (ping timeout), broke the wire format (parse error), or was closed (forced close, server namespace disconnect).',
    ['reason'],
  ),
  commandsTotal: counter('roost_commands_total', 'Commands answered.', ['command', 'outcome']),
  commandDurationSeconds: histogram(
    'roost_command_duration_seconds',
    'Time from the arrival of a command to its acknowledgement.',
    durationBucketsSeconds,
    ['command'],
  ),
  refusalsTotal: counter('roost_refusals_total', 'Refusals over sockets and HTTP by code.', ['code']),
};

/** How a command ended: done, refused to the caller with a code, or failed through a fault of ours. */
type CommandOutcome = 'ok' | 'refused' | 'failed';

const commandLabel = boundedNames();
const codeLabel = boundedNames();

/** Counts an answered command. `name` is one of the contract, or `unknown` for any other. */
export function countCommand(name: string, outcome: CommandOutcome, durationMs: number): void {
  const command = commandLabel(name);
  metrics.commandsTotal.inc({ command, outcome });
  metrics.commandDurationSeconds.observe({ command }, durationMs / 1000);
}

/** Counts a refusal by its code in the catalogue. */
export function countRefusal(code: string): void {
  metrics.refusalsTotal.inc({ code: codeLabel(code) });
}

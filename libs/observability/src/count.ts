import { metrics, type CommandOutcome } from './metrics.js';

/** More names than the contract has; beyond it a caller would be choosing labels, and each costs memory for ever. */
const namesMax = 200;
const overflow = 'other';

/**
 * Remembers, per label, the part of a metric that belongs to it: looking it up by prom-client costs several times
 * the counting itself.
 */
function perName<Part>(partOf: (name: string) => Part): (name: string) => Part {
  const parts = new Map<string, Part>();
  return (name) => {
    const known = parts.get(name);
    if (known !== undefined) return known;
    const label = parts.size < namesMax ? name : overflow;
    const part = parts.get(label) ?? partOf(label);
    parts.set(label, part);
    return part;
  };
}

const commandParts = perName((command) => ({
  ok: metrics.commandsTotal.labels(command, 'ok'),
  refused: metrics.commandsTotal.labels(command, 'refused'),
  failed: metrics.commandsTotal.labels(command, 'failed'),
  duration: metrics.commandDurationSeconds.labels(command),
}));
const factParts = perName((fact) => metrics.factsEmittedTotal.labels(fact));
const refusalParts = perName((code) => metrics.refusalsTotal.labels(code));

/** Counts an answered command. `command` is a name of the contract, or `unknown` for any other. */
export function countCommand(command: string, outcome: CommandOutcome, durationMs: number): void {
  const parts = commandParts(command);
  parts[outcome].inc();
  parts.duration.observe(durationMs / 1000);
}

/** Counts a broadcast of a fact. */
export function countFact(fact: string): void {
  factParts(fact).inc();
}

/** Counts a refusal by its code in the catalogue. */
export function countRefusal(code: string): void {
  refusalParts(code).inc();
}

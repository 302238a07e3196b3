import { metrics, type CommandOutcome } from './metrics.js';

/** More names than the contract has; beyond it a caller would be choosing labels, and each costs memory for ever. */
const namesMax = 200;
const overflow = 'other';

/** Lets the first `namesMax` names through and calls the rest `other`. */
function boundedNames(): (name: string) => string {
  const names = new Set<string>();
  return (name) => {
    if (names.has(name)) return name;
    if (names.size >= namesMax) return overflow;
    names.add(name);
    return name;
  };
}

const commandName = boundedNames();
const storeCommandName = boundedNames();
const factName = boundedNames();
const refusalCode = boundedNames();

/** Counts an answered command. `name` is one of the contract, or `unknown` for any other. */
export function countCommand(name: string, outcome: CommandOutcome, durationMs: number): void {
  const command = commandName(name);
  metrics.commandsTotal.inc({ command, outcome });
  metrics.commandDurationSeconds.observe({ command }, durationMs / 1000);
}

/** Counts a broadcast of a fact. */
export function countFact(name: string): void {
  metrics.factsEmittedTotal.inc({ fact: factName(name) });
}

/** Counts a refusal by its code in the catalogue. */
export function countRefusal(code: string): void {
  metrics.refusalsTotal.inc({ code: refusalCode(code) });
}

/** Observes an answer of MongoDB. `name` is that of the command there, chosen by its driver. */
export function observeStoreCommand(name: string, durationMs: number): void {
  metrics.storeCommandDurationSeconds.observe({ command: storeCommandName(name) }, durationMs / 1000);
}

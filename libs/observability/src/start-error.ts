import { writeSync } from 'node:fs';
import { SettingsError } from '@roost/settings';
import { hideSecrets } from './hide-secrets.js';

const stderr = 2;

/** A reason not to start that the operator can do something about: say what is wrong and where was looked. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Ends a process that cannot start: the reason on stderr, exit code 1. */
export function failStart(error: unknown): never {
  // not the logger: it may not exist yet, and it may lose what is written just before an exit
  try {
    writeSync(stderr, `${describeStartError(error)}\n`);
  } finally {
    process.exit(1);
  }
}

/** Known reasons in their own words; anything else is a bug and shows its stack. Secrets are hidden in both. */
export function describeStartError(error: unknown): string {
  return hideSecrets(words(error));
}

function words(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (error instanceof StartError) return withCause(`Cannot start: ${error.message}`, error.cause);
  if (!(error instanceof Error)) return `Cannot start: ${String(error)}`;
  if ('code' in error && error.code === 'EADDRINUSE') return withCause('Cannot start: the port is in use', error);
  if ('code' in error && error.code === 'EACCES') return withCause('Cannot start: not allowed', error);
  return `Cannot start: ${error.stack ?? error.message}`;
}

function withCause(sentence: string, cause: unknown): string {
  return cause instanceof Error ? `${sentence} (${cause.message})` : sentence;
}

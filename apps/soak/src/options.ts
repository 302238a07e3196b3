import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly minutes: number;
  /** Of the first session; each that follows has the next one. */
  readonly seed: number;
  /** In each session. */
  readonly steps: number;
  /** The sessions that once failed, and no others. */
  readonly found: boolean;
}

export const help = `Runs random sessions of people in one chat, one after another, on a cluster of three replicas whose parts and
networks fail and come back all the time, and compares at the end of each what everybody has with what is stored.

  npm run soak -- [options]

  --minutes N   begin sessions for this long, default 5
  --seed N      of the first session, default 1; the next one has the next
  --steps N     in each session, default 150
  --found       the sessions that once failed, and no others
  --help

Ends at the first session that fails: prints its seed and its numbered steps, keeps the logs, and exits with 1. The same
session alone: npm run soak -- --minutes 0 --seed N, with the same --steps.`;

/** @returns undefined where help was asked for. @throws Error that names a wrong option */
export function parseOptions(args: string[]): SoakOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      steps: { type: 'string', default: '150' },
      found: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    minutes: number('minutes', values.minutes, /^\d+(\.\d+)?$/),
    seed: number('seed', values.seed, /^\d+$/),
    steps: number('steps', values.steps, /^[1-9]\d*$/),
    found: values.found,
  };
}

function number(option: string, word: string, shape: RegExp): number {
  if (!shape.test(word)) throw new Error(`--${option}: '${word}' is not a number that it may be`);
  return Number(word);
}

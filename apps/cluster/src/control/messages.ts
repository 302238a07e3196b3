import { z } from 'zod';
import { mostReplicas } from '../options.mjs';

/**
 * What `npm run cluster` and a running cluster say to each other: one JSON object a line, over a Unix socket in the data
 * folder. Such a socket needs no port and no secret: the file system says who may use it (mode 0600) and which cluster it
 * belongs to, and no web page can reach it as it could a port. A signal could carry neither a number nor an answer.
 */
export const requestShape = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('backup'), file: z.string().min(1).max(4096) }),
  z.strictObject({ command: z.literal('restart') }),
  z.strictObject({ command: z.literal('scale'), replicas: z.int().min(1).max(mostReplicas) }),
  z.strictObject({ command: z.literal('status') }),
]);

/** The one line that is said to the cluster. */
export type Request = z.output<typeof requestShape>;

/** Any number of lines for the person at the terminal, then how it ended; a connection closed without an end was cut. */
export const answerShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('line'), text: z.string() }),
  z.strictObject({ kind: z.literal('end'), done: z.boolean() }),
]);

export type Answer = z.output<typeof answerShape>;

/** The object in a line; `undefined` where it is no such object. */
export function parseLine<S extends z.ZodType>(shape: S, line: string): z.output<S> | undefined {
  try {
    return shape.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // no JSON
  }
}

import { commands, errors, facts, refusalsOfAnyCommand, refusalsOfAnyRoute, routes } from '@roost/contract';
import type { CommandName, ErrorCode, ErrorEntry, FactName, Refusal, RouteEntry, RouteName } from '@roost/contract';
import { z } from 'zod';
import { strict } from './strict.js';

const refusalShape = z.strictObject({
  success: z.literal(false),
  error: z.string(),
  code: z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]),
  retryable: z.boolean(),
  details: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  retryAfterMs: z.number().optional(),
  correlationId: z.string().optional(),
  supported: z.strictObject({ min: z.int(), max: z.int() }).optional(),
});

/** Throws where a fact is not as the contract says. */
export function checkFact(fact: FactName, payload: unknown): void {
  fits(strict(facts[fact].payload), payload, `fact ${fact}`);
}

/** Throws where a successful acknowledgement is not as the contract says. */
export function checkReply(command: CommandName, answer: unknown): void {
  const reply: z.ZodObject = commands[command].reply;
  fits(strict(reply.extend({ success: z.literal(true) })), answer, `acknowledgement of ${command}`);
}

/** Throws where a route's successful answer is not as the contract says. */
export function checkResult(name: RouteName, result: unknown): void {
  const route: RouteEntry = routes[name];
  fits(route.reply ? strict(route.reply) : z.undefined(), result, `answer of ${route.method} ${route.path}`);
}

/** Throws where a command was refused for what its entry does not name. */
export function checkRefusalOf(command: CommandName, { code }: Refusal): void {
  checkNamed(command, code, [...commands[command].refusals, ...refusalsOfAnyCommand]);
}

/** Throws where a route refused for what its entry does not name. */
export function checkRefusalOfRoute(name: RouteName, body: unknown): void {
  const { code } = checkRefusal(body, 'rest');
  checkNamed(name, code, [...routes[name].refusals, ...refusalsOfAnyRoute]);
}

function checkNamed(what: string, code: ErrorCode, named: readonly ErrorCode[]): void {
  if (!named.includes(code)) throw new Error(`${what}: the contract does not name ${code} among its refusals`);
}

/** The answer as a refusal; throws where it is none, or says something else than the catalogue does. */
export function checkRefusal(answer: unknown, door: 'socket' | 'rest' = 'socket'): Refusal {
  const refusal = fits(refusalShape, answer, 'refusal');
  const entry: ErrorEntry = errors[refusal.code];
  const sentence = door === 'rest' ? (entry.restError ?? entry.error) : entry.error;
  if (refusal.error !== sentence || refusal.retryable !== entry.retryable) {
    throw new Error(`refusal ${refusal.code} is not as in the catalogue: ${JSON.stringify(refusal)}`);
  }
  return refusal;
}

function fits<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${what} is not as the contract says: ${z.prettifyError(result.error)}\n${JSON.stringify(value)}`);
}

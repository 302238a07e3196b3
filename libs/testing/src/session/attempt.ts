import { NoAnswer } from '@roost/client';
import { ChatError } from '@roost/contract';
import type { CommandName, ErrorCode, ReplyOf, RequestInput } from '@roost/contract';
import type { Actor } from './actor.js';
import type { Session } from './session.js';
import type { ActorName } from './cast.js';

/** Shorter than most troubles last, so that commands are lost in them. */
const answerMs = 2_000;

/**
 * A command that a fault may keep from being answered: then what counts is the end. A refusal has to be one that is
 * expected here, and `store/unavailable` only comes where MongoDB was in trouble.
 *
 * @param expected codes that what others do at the same time may bring about
 */
export async function attempt<K extends CommandName>(
  { weather }: Session,
  { client, sdk }: Actor,
  [name, request]: [name: K, request: RequestInput<K>],
  expected: readonly ErrorCode[] = [],
): Promise<ReplyOf<K> | undefined> {
  try {
    return await sdk.command(name, request, answerMs);
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    if (!(error instanceof ChatError)) throw error;
    const isExcused = error.code === 'store/unavailable' && weather.hadStoreTrouble;
    if (isExcused || expected.includes(error.code)) return undefined;
    const where = sdk.session?.replica ?? client.sdk.state.name;
    throw new Error(`${name} was refused with ${error.code} by ${where}`, { cause: error });
  }
}

/** Who is not in the chat, or no longer, is told so. */
export const visitorsMay: readonly ErrorCode[] = ['chat/access_denied'];

export const refusalsOf = (name: ActorName): readonly ErrorCode[] => (name === 'hedy' ? visitorsMay : []);

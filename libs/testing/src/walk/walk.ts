import type { Cluster } from '../cluster.js';
import type { Steps } from '../session/steps.js';
import type { Weather } from '../session/weather.js';
import type { Device } from './device.js';

/** One walk while it goes on: people with devices, the chats they are in, and what becomes of the cluster meanwhile. */
export interface Walk {
  readonly seed: number;
  readonly cluster: Cluster;
  readonly devices: readonly Device[];
  /** The chats, of which the first stays as it is. */
  readonly chatIds: string[];
  readonly steps: Steps;
  readonly weather: Weather;
  /** Who was out of which chat at some time, as `name chat`: there they may be refused. */
  readonly wereOut: Set<string>;
  /** What nobody may be told, and was. */
  readonly faults: unknown[];
  /** Counts what is said, so that no text is said twice. */
  count: number;
}

/** Something that somebody does, or that happens to their device: drawn before it is done. */
export interface Deed {
  readonly what: string;
  /** Gives what came of it, in words. */
  readonly take: (walk: Walk, device: Device) => string | void | Promise<string | void>;
}

/** What may come of what others do at the same time, or of a trouble. */
const expected = new Set([
  'chat/access_denied',
  'chat/owner_required',
  'chat/role_required',
  'member/unknown',
  'message/deleted',
  'message/not_yours',
]);

/** What somebody does and does not wait for; a refusal has to be one that what else happens explains. */
export function goesOn({ faults }: Walk, what: string, doing: Promise<unknown>): void {
  doing.catch((error: unknown) => {
    const { code, retryable, name } = error as { code?: string; retryable?: boolean; name?: string };
    if (name === 'NoAnswer' || retryable === true || expected.has(code ?? '')) return;
    faults.push(new Error(`${what}: ${String(error)}`, { cause: error }));
  });
}

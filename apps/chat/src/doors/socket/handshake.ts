import { ChatError, protocol } from '@roost/contract';
import { bearerTokenOf } from '../bearer-token.js';
import type { ChatSocket } from '../../kernel/chat-socket.js';

/** What of a handshake decides who it is, untrusted. */
export interface Presented {
  readonly token: string;
  readonly protocol: number;
  /** Whether it may be asked to move to another replica. */
  readonly moves: boolean;
  /** Whether its answers may leave out the text that it has sent itself. */
  readonly brief: boolean;
}

/**
 * The token, the protocol version and the abilities that a client presents.
 *
 * @throws ChatError auth/token_missing; auth/token_invalid for a token in the query string, which ends up in the logs
 * of everything on the way; request/invalid and protocol/unsupported for the version; request/invalid for an ability that is no boolean
 */
export function presented({ auth, query, headers }: ChatSocket['handshake']): Presented {
  if ('token' in query || 'access_token' in query) throw new ChatError('auth/token_invalid');
  const version = protocolOf(auth['protocol']);
  const [moves, brief] = [abilityOf(auth, 'moves'), abilityOf(auth, 'brief')];
  const token: unknown = auth['token'] ?? bearerTokenOf(headers.authorization);
  if (token === undefined || token === '') throw new ChatError('auth/token_missing');
  if (typeof token !== 'string') throw new ChatError('auth/token_invalid');
  return { token, protocol: version, moves, brief };
}

function protocolOf(asked: unknown): number {
  if (asked === undefined) return protocol.default;
  if (typeof asked !== 'number' || !Number.isInteger(asked)) {
    throw new ChatError('request/invalid', { details: [{ path: 'auth.protocol', message: 'must be an integer' }] });
  }
  const { min, max } = protocol;
  if (asked < min || asked > max) throw new ChatError('protocol/unsupported', { supported: { min, max } });
  return asked;
}

function abilityOf(auth: ChatSocket['handshake']['auth'], name: 'moves' | 'brief'): boolean {
  const said: unknown = auth[name];
  if (said === undefined) return false;
  if (typeof said === 'boolean') return said;
  throw new ChatError('request/invalid', { details: [{ path: `auth.${name}`, message: 'must be a boolean' }] });
}

import { ChatError } from '@roost/contract';
import { counter } from '@roost/observability';

const kinds = ['login', 'refresh', 'register'] as const;
type SignInKind = (typeof kinds)[number];

const outcomes = ['succeeded', 'failed', 'limited', 'disabled', 'broken'] as const;
type SignInOutcome = (typeof outcomes)[number];

const metrics = {
  signInsTotal: counter(
    'roost_sign_ins_total',
    'Attempts to sign in, by password (login), by refresh token (refresh) or with a new account (register): done (succeeded), refused for what was presented (failed) or by a limit (limited), of an account that is disabled (disabled), or the store or a fault of ours kept them from being judged (broken).',
    { kind: kinds, outcome: outcomes },
  ),
};

/** Counts an attempt by what becomes of it, and gives just that. */
export async function countSignIn<Result>(kind: SignInKind, attempt: Promise<Result>): Promise<Result> {
  try {
    const result = await attempt;
    metrics.signInsTotal.inc({ kind, outcome: 'succeeded' });
    return result;
  } catch (error) {
    metrics.signInsTotal.inc({ kind, outcome: outcomeOf(error) });
    throw error;
  }
}

function outcomeOf(error: unknown): SignInOutcome {
  if (!(error instanceof ChatError)) return 'broken';
  if (error.code === 'rate/limited') return 'limited';
  if (error.code === 'auth/user_disabled') return 'disabled';
  return error.code.startsWith('auth/') ? 'failed' : 'broken';
}

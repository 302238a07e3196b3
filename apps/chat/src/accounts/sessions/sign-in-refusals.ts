import { ChatError } from '@roost/contract';

/** What a limit counts: what is tried at one account, or what one network address tries. */
type RefusedBy = 'account' | 'address';

const causes: Readonly<Record<RefusedBy, object>> = { account: {}, address: {} };

/** Why a limit says no is for the log alone: who is told could learn whether there is such an account. */
export const limited = (retryAfterMs: number, by: RefusedBy): ChatError =>
  new ChatError('rate/limited', { retryAfterMs }, { cause: causes[by] });

/** Which limit it was, or undefined where it was none of these. */
export const refusedBy = ({ cause }: ChatError): RefusedBy | undefined =>
  cause === causes.account ? 'account' : cause === causes.address ? 'address' : undefined;

/** Refusals that say: this is not who you are, or you may not be. */
export const failedSignIns: ReadonlySet<string> = new Set([
  'auth/credentials_invalid',
  'auth/password_wrong',
  'auth/user_disabled',
]);

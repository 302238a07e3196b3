import { BareSocket, checkRefusal } from '@roost/testing';
import type { HttpAnswer } from '@roost/testing';
import type { Refusal } from '@roost/contract';
import { errors } from '@roost/contract';
import { expect } from 'vitest';

type Knocked = BareSocket | { readonly message: string; readonly data: unknown };

/** The refusal of a handshake, as the contract has it; fails where a socket came of it. */
export function refusedHandshake(answer: Knocked): Refusal {
  if (answer instanceof BareSocket) throw new Error('the socket was let in');
  expect(answer.data).toBeTypeOf('object');
  const refusal = checkRefusal({ success: false, ...(answer.data as object) });
  expect(answer.message).toBe(refusal.error);
  return refusal;
}

/** The refusal of a REST call, with the status that the catalogue gives its code. */
export function refusedCall({ status, body }: HttpAnswer): Refusal {
  const refusal = checkRefusal(body, 'rest');
  expect(status).toBe(errors[refusal.code].status);
  return refusal;
}

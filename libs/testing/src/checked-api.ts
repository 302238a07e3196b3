import { RoostApi } from '@roost/client';
import type { RoostApiOptions } from '@roost/client';
import { ChatError } from '@roost/contract';
import type { ApiDocument } from './api-document.js';
import { checkRefusalOfRoute, checkResult } from './checks.js';

/** Typed REST calls. */
export type Api = Pick<RoostApi, 'call'>;

/** REST whose answers are checked against the contract, strictly, and against what the document of the API says. */
export function checkedApi(options: RoostApiOptions, document: ApiDocument): Api {
  const api = new RoostApi(options);
  return {
    call: async (name, ...rest) => {
      const result = await api.call(name, ...rest).catch((error: unknown) => {
        if (error instanceof ChatError) checkRefusalOfRoute(name, error.toRefusal('rest'));
        throw error;
      });
      checkResult(name, result);
      document.checkResult(name, result);
      return result;
    },
  };
}
